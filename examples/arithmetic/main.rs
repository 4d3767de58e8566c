//! The arithmetic service as processes: up to five servers, and clients that people type into.
//!
//! `cargo run --example arithmetic -- server 1`, and so on up to 5, each in a terminal of its own;
//! then `cargo run --example arithmetic -- client`, and type `3+5-4/3*4`. Kill server 1, ask again.
//!
//! It is the protocol that the simulator tests, on real sockets, IP multicast and the real clock. On
//! several machines, or in several network namespaces, each is told its own address there:
//! `server 1 --interface 10.77.0.1`.

mod peer;
mod sockets;

use peer::{Peer, Told};
use pepperland::core::contract::Host;
use pepperland::core::message::Body;
use pepperland::impls::services::arithmetic::{MOST_SERVERS, Pace, Service};
use pepperland::prelude::*;
use sockets::Place;
use std::io::{BufRead, Error, ErrorKind, Result, Write};
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

const USAGE: &str = "usage: arithmetic server NUMBER | client [NUMBER]
         [--interface ADDRESS] [--port P] [--period MS]
  server 1 to server 5 answer; a client reads expressions, one a line
  a client without a number is the first of 10 that is free on its machine
  --interface ADDRESS  this machine's on the network of the cluster (default 127.0.0.1)
  --port P             the groups have the port P, the nodes those after it (default 47000)
  --period MS          from one confirmation of a server to the next (default 1000)";

/// Beside the servers, so many clients may ask at once.
const CLIENTS: usize = 10;

/// How many periods a client waits for an answer.
const PATIENCE: u32 = 3;

struct Options {
    role: Role,
    place: Place,
    pace: Pace,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Role {
    Server(u32),
    /// Without a number, any that is free.
    Client(Option<u32>),
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match options(&words) {
        Some(options) => run(&options),
        None => Err(Error::new(ErrorKind::InvalidInput, USAGE)),
    }
}

fn run(&Options { role, place, pace }: &Options) -> Result<()> {
    match role {
        Role::Server(number) => serve(number, place, pace),
        Role::Client(number) => ask(number, place, pace),
    }
}

fn options(words: &[String]) -> Option<Options> {
    let (role, mut rest) = role(words)?;
    let place = Place { interface: Ipv4Addr::LOCALHOST, port: 47_000 };
    let mut options = Options { role, place, pace: Pace::SECOND };
    while let [name, value, others @ ..] = rest {
        match name.as_str() {
            "--interface" => options.place.interface = value.parse().ok()?,
            "--port" => options.place.port = value.parse().ok()?,
            "--period" => {
                options.pace.period = Span::millis(value.parse().ok().filter(|ms| *ms > 0)?)
            }
            _ => return None,
        }
        rest = others;
    }
    rest.is_empty().then_some(options)
}

/// The role, and the words after it.
fn role(words: &[String]) -> Option<(Role, &[String])> {
    let (role, rest) = words.split_first()?;
    let number: Option<u32> = rest.first().and_then(|word| word.parse().ok());
    let most = if role == "server" { MOST_SERVERS } else { CLIENTS };
    if number.is_some_and(|number| !(1..=most as u32).contains(&number)) {
        return None;
    }
    let rest = &rest[usize::from(number.is_some())..];
    match (role.as_str(), number) {
        ("server", Some(number)) => Some((Role::Server(number), rest)),
        ("client", number) => Some((Role::Client(number), rest)),
        _ => None,
    }
}

/// The node of this index among servers and clients.
fn peer(index: u32, place: Place, pace: Pace) -> Result<Peer> {
    let all: Rc<[NodeId]> = NodeId::first(MOST_SERVERS + CLIENTS).collect();
    let servers: Rc<[NodeId]> = NodeId::first(MOST_SERVERS).collect();
    let me = NodeId(index);
    let setup = Setup {
        node: me,
        nodes: all.len(),
        flaw: None,
        max_latency: pace.period,
        register_latency: Setup::REGISTER_LATENCY,
    };
    let service = Service::over(Network::payload(), pace, &setup);
    let host = Host::new(me, [all, servers].into(), Seed(index.into()).stream(""));
    Peer::start(Stack::node(service), host, place)
}

fn serve(number: u32, place: Place, pace: Pace) -> Result<()> {
    let mut peer = peer(number - 1, place, pace)?;
    say(&format!("server {number} is up"))?;
    loop {
        for told in peer.wait(Duration::from_secs(1))? {
            match told {
                Told::Report(Indication::Suspect(p)) => say(&format!("{p} may not answer"))?,
                Told::Report(Indication::Trust(p)) => say(&format!("{p} is active"))?,
                Told::Report(Indication::Apply(applied)) => {
                    let expression = field(&applied.op, "expression");
                    say(&format!("{expression} is {}", worth(&applied.result)))?;
                }
                Told::Note(text) => say(&text)?,
                Told::Report(_) => {}
            }
        }
    }
}

fn ask(number: Option<u32>, place: Place, pace: Pace) -> Result<()> {
    let mut peer = client(number, place, pace)?;
    let (lines, patience) = (typed(), Duration::from_nanos(pace.period.0) * PATIENCE);
    // Answers to whoever had this port before are not for this process.
    let operations = (u64::from(std::process::id()) << 32)..;
    for operation in operations {
        write!(std::io::stdout(), "expression: ")?;
        std::io::stdout().flush()?;
        let Some(expression) = next_line(&mut peer, &lines)? else { return Ok(()) };
        let op = serde_json::json!({"f": "evaluate", "expression": expression.trim()});
        let value = Message { body: Body::new(op.to_string().as_bytes()), ..Message::default() };
        peer.request(Request::Invoke { operation, value });
        match answer(&mut peer, operation, patience)? {
            Some(result) => {
                say(&format!("{} (answered by {})", worth(&result), field(&result, "from")))?
            }
            None => say("nobody answers; ask again")?,
        }
    }
    Ok(())
}

/// The client of this number, or the first that is free. Why it cannot be is said of the last one
/// that was tried.
fn client(number: Option<u32>, place: Place, pace: Pace) -> Result<Peer> {
    let numbers = number.map_or(1..=CLIENTS as u32, |number| number..=number);
    let mut last = None;
    for number in numbers {
        match peer(MOST_SERVERS as u32 + number - 1, place, pace) {
            Ok(peer) => return Ok(peer),
            Err(error) => last = Some(error),
        }
    }
    let why = last.map_or_else(String::new, |error| format!(" ({error})"));
    Err(Error::other(format!("there are as many clients as there may be at this address{why}")))
}

/// The answer to an operation, if it comes in so long.
fn answer(peer: &mut Peer, operation: u64, patience: Duration) -> Result<Option<Message>> {
    const STEP: Duration = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    while waited < patience {
        for told in peer.wait(STEP)? {
            if let Told::Report(Indication::Respond { operation: i, value }) = told
                && i == operation
            {
                return Ok(Some(value));
            }
        }
        waited += STEP;
    }
    Ok(None)
}

/// The next line that somebody types; none at the end. The node lives on meanwhile.
fn next_line(peer: &mut Peer, lines: &Receiver<String>) -> Result<Option<String>> {
    loop {
        match lines.try_recv() {
            Ok(line) => return Ok(Some(line)),
            Err(TryRecvError::Disconnected) => return Ok(None),
            Err(TryRecvError::Empty) => drop(peer.wait(Duration::from_millis(20))?),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a person types while the node lives on")]
fn typed() -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        lines.take_while(|line| sender.send(line.clone()).is_ok()).count()
    });
    lines
}

/// The value, or why there is none.
fn worth(result: &Message) -> String {
    match field(result, "value") {
        value if value.is_empty() => field(result, "error"),
        value => value,
    }
}

fn field(message: &Message, key: &str) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(&message.body.0).ok();
    value.as_ref().and_then(|value| value[key].as_str()).unwrap_or_default().to_owned()
}

/// A line on the terminal at once.
fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

#[cfg(test)]
mod tests;
