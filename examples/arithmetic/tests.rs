//! Five servers and a client as processes, each this very program.

use super::*;
use crate::sockets::Sockets;
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
        run(&options).expect("it serves or asks");
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

fn start(role: &str, place: Place) -> Process {
    let program = std::env::current_exe().expect("a test has a program");
    let mut command = Command::new(program);
    command.args(["--exact", "tests::role", "--nocapture"]);
    let Place { interface, port } = place;
    command.env(ROLE, format!("{role} --interface {interface} --port {port} --period 50"));
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    Process(child.expect("this program can be started"))
}

/// A place on this machine with a port before fifteen that are free now.
fn free_place() -> Place {
    let ports = (21_000..31_000).step_by(50);
    let start = std::process::id() as usize % 200;
    let mut ports = ports.cycle().skip(start).take(200);
    let is_free = |first: &u16| (1..=15).all(|n| UdpSocket::bind(("127.0.0.1", first + n)).is_ok());
    Place {
        interface: Ipv4Addr::LOCALHOST,
        port: ports.find(is_free).expect("there are free ports"),
    }
}

struct Client {
    types: ChildStdin,
    reads: BufReader<ChildStdout>,
    _process: Process,
}

impl Client {
    fn start(role: &str, place: Place) -> Client {
        let mut process = start(role, place);
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
    let place = free_place();
    let mut servers: Vec<Process> =
        (1..=5).map(|number| start(&format!("server {number}"), place)).collect();
    let mut client = Client::start("client", place);
    assert_eq!(client.answer_of("n1", "3+5-4/3*4"), "8/3");
    assert_eq!(client.answer_of("n1", "1/0"), "division by zero");
    drop(servers.remove(0));
    assert_eq!(client.answer_of("n2", "2+3*4"), "14");
    drop(servers.remove(0));
    assert_eq!(client.answer_of("n3", "2+"), "malformed");
    servers.push(start("server 1", place));
    assert_eq!(client.answer_of("n1", "-(2-5)"), "3");
}

#[test]
fn nodes_at_several_addresses_find_each_other_by_multicast_alone() {
    let Place { port, .. } = free_place();
    let at = |last| Place { interface: Ipv4Addr::new(127, 1, 0, last), port };
    let servers = [start("server 1", at(1)), start("server 2", at(2))];
    let mut clients = [Client::start("client 7", at(3)), Client::start("client", at(4))];
    for client in &mut clients {
        assert_eq!(client.answer_of("n1", "6*7"), "42");
    }
    drop(servers);
}

#[test]
fn a_request_is_one_datagram_that_everybody_in_the_group_hears() {
    let place = free_place();
    let groups = || [GroupId::ALL].into_iter();
    let open = |index| Sockets::open(place, NodeId(index), 3, groups()).expect("the port is free");
    let [sender, mut first, mut second] = [0, 1, 2].map(open);
    let outsider = Sockets::open(place, NodeId(7), 3, groups()).expect("the port is free");
    outsider.multicast(GroupId::ALL, b"of a stranger");
    sender.multicast(GroupId(1), b"of another group");
    sender.multicast(GroupId::ALL, b"to all");
    sender.send(NodeId(1), b"to one");
    let heard = |sockets: &mut Sockets| loop {
        let frames = sockets.receive(Duration::from_secs(5)).expect("its sockets are open");
        if !frames.is_empty() {
            break frames;
        }
    };
    let from_sender = |text: &[u8]| (NodeId(0), text.to_vec());
    assert_eq!(heard(&mut second), [from_sender(b"to all")]);
    let mut both = heard(&mut first);
    while both.len() < 2 {
        both.extend(heard(&mut first));
    }
    both.sort();
    assert_eq!(both, [from_sender(b"to all"), from_sender(b"to one")]);
}

#[test]
fn what_is_no_role_is_refused() {
    let read = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        options(&words).map(|options| (options.role, options.place))
    };
    let here = Place { interface: Ipv4Addr::LOCALHOST, port: 47_000 };
    let elsewhere = Place { interface: Ipv4Addr::new(10, 77, 0, 1), ..here };
    assert_eq!(read("server 5 --port 9"), Some((Role::Server(5), Place { port: 9, ..here })));
    assert_eq!(read("client --period 20"), Some((Role::Client(None), here)));
    let client = Some((Role::Client(Some(10)), elsewhere));
    assert_eq!(read("client 10 --interface 10.77.0.1"), client);
    for wrong in ["", "server", "server 0", "server 6", "client 11", "client --port", "x 1"] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
    assert_eq!(read("server 1 --interface eth0"), None);
}
