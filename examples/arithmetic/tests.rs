//! Five servers and a client as processes, each this very program.

use super::*;
use std::io::BufReader;
use std::net::UdpSocket;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The environment in which this program is not a test but what it says.
const ROLE: &str = "ARITHMETIC_ROLE";

/// Not a test: what the processes of the test below run.
#[test]
#[expect(clippy::disallowed_methods, reason = "the parent says what the process is")]
fn role() {
    if let Ok(role) = std::env::var(ROLE) {
        let words: Vec<String> = role.split(' ').map(str::to_owned).collect();
        let options = options(&words).expect("the test knows the usage");
        match options.server {
            Some(number) => serve(number, options.port, options.pace).expect("it serves"),
            None => ask(options.port, options.pace).expect("it asks"),
        }
    }
}

/// A process that is killed when the test ends, however that ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(role: &str, port: u16) -> Process {
    let program = std::env::current_exe().expect("a test has a program");
    let mut command = Command::new(program);
    command.args(["--exact", "tests::role", "--nocapture"]);
    command.env(ROLE, format!("{role} --port {port} --period 50"));
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    Process(child.expect("this program can be started"))
}

/// A port before fifteen that are free now.
fn free_port() -> u16 {
    let ports = (21_000..31_000).step_by(50);
    let start = std::process::id() as usize % 200;
    let mut ports = ports.cycle().skip(start).take(200);
    let is_free = |first: &u16| (1..=15).all(|n| UdpSocket::bind(("127.0.0.1", first + n)).is_ok());
    ports.find(is_free).expect("there are free ports")
}

struct Client {
    types: ChildStdin,
    reads: BufReader<ChildStdout>,
    _process: Process,
}

impl Client {
    fn start(port: u16) -> Client {
        let mut process = start("client", port);
        let types = process.0.stdin.take().expect("it was piped");
        let reads = BufReader::new(process.0.stdout.take().expect("it was piped"));
        Client { types, reads, _process: process }
    }

    /// Asks until this server has answered, and returns what it said. Gives up after many answers.
    fn answer_of(&mut self, server: &str, expression: &str) -> String {
        for _ in 0..500 {
            writeln!(self.types, "{expression}").expect("it reads");
            let line = self.line();
            if let Some((answer, by)) = line.split_once(" (answered by ")
                && by.trim_end().trim_end_matches(')') == server
            {
                return answer.to_owned();
            }
        }
        panic!("{server} never answered {expression}");
    }

    /// The next line that tells of an answer, or that there is none.
    fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            let length = self.reads.read_line(&mut line).expect("it writes");
            assert!(length > 0, "the client has ended");
            let line = line.replace("expression: ", "");
            if line.contains("answered by") || line.contains("nobody answers") {
                return line;
            }
        }
    }
}

#[test]
fn the_least_server_answers_and_when_it_is_killed_the_next() {
    let port = free_port();
    let mut servers: Vec<Process> =
        (1..=5).map(|number| start(&format!("server {number}"), port)).collect();
    let mut client = Client::start(port);
    assert_eq!(client.answer_of("n1", "3+5-4/3*4"), "8/3");
    assert_eq!(client.answer_of("n1", "1/0"), "division by zero");
    drop(servers.remove(0));
    assert_eq!(client.answer_of("n2", "2+3*4"), "14");
    drop(servers.remove(0));
    assert_eq!(client.answer_of("n3", "2+"), "malformed");
    servers.push(start("server 1", port));
    assert_eq!(client.answer_of("n1", "-(2-5)"), "3");
}

#[test]
fn what_is_no_role_is_refused() {
    let read = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        options(&words).map(|options| (options.server, options.port))
    };
    assert_eq!(read("server 5 --port 9"), Some((Some(5), 9)));
    assert_eq!(read("client --period 20"), Some((None, 47_000)));
    for wrong in ["", "server", "server 0", "server 6", "client 1", "client --port", "x 1"] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}
