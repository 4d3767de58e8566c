//! The arithmetic service as processes: up to five servers, and clients that people type into.
//!
//! `cargo run --example arithmetic -- server 1`, and so on up to 5, each in a terminal of its own;
//! then `cargo run --example arithmetic -- client`, and type `3+5-4/3*4`. Kill server 1, ask again.
//!
//! It is the protocol that the simulator tests, on real sockets and the real clock.

mod peer;

use peer::{Peer, Told};
use pepperland::core::contract::Host;
use pepperland::core::message::Body;
use pepperland::impls::services::arithmetic::{MOST_SERVERS, Pace, Service};
use pepperland::prelude::*;
use std::io::{BufRead, Error, ErrorKind, Result, Write};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

const USAGE: &str = "usage: arithmetic server NUMBER | client  [--port P] [--period MS]
  server 1 to server 5 answer; a client reads expressions, one a line
  --port P     the nodes of the cluster have the ports after P (default 47000)
  --period MS  from one confirmation of a server to the next (default 1000)";

/// Beside the servers, so many clients may ask at once.
const CLIENTS: usize = 10;

/// How many periods a client waits for an answer.
const PATIENCE: u32 = 3;

struct Options {
    /// None is a client.
    server: Option<u32>,
    port: u16,
    pace: Pace,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match options(&words) {
        Some(Options { server: Some(number), port, pace }) => serve(number, port, pace),
        Some(Options { server: None, port, pace }) => ask(port, pace),
        None => Err(Error::new(ErrorKind::InvalidInput, USAGE)),
    }
}

fn options(words: &[String]) -> Option<Options> {
    let (server, mut rest) = match words {
        [role, number, rest @ ..] if role == "server" => {
            let number = number.parse().ok().filter(|n| (1..=MOST_SERVERS as u32).contains(n))?;
            (Some(number), rest)
        }
        [role, rest @ ..] if role == "client" => (None, rest),
        _ => return None,
    };
    let mut options = Options { server, port: 47_000, pace: Pace::SECOND };
    while let [name, value, others @ ..] = rest {
        match name.as_str() {
            "--port" => options.port = value.parse().ok()?,
            "--period" => {
                options.pace.period = Span::millis(value.parse().ok().filter(|ms| *ms > 0)?)
            }
            _ => return None,
        }
        rest = others;
    }
    rest.is_empty().then_some(options)
}

/// The node of this index among servers and clients.
fn peer(index: u32, port: u16, pace: Pace) -> Result<Peer> {
    let all: Rc<[NodeId]> = NodeId::first(MOST_SERVERS + CLIENTS).collect();
    let servers: Rc<[NodeId]> = NodeId::first(MOST_SERVERS).collect();
    let me = NodeId(index);
    let setup = Setup { node: me, nodes: all.len(), flaw: None, max_latency: pace.period };
    let service = Service::over(Network::payload(), pace, &setup);
    let host = Host::new(me, [all, servers].into(), Seed(index.into()).stream(""));
    Peer::start(Stack::node(service), host, port)
}

fn serve(number: u32, port: u16, pace: Pace) -> Result<()> {
    let mut peer = peer(number - 1, port, pace)?;
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

fn ask(port: u16, pace: Pace) -> Result<()> {
    let servers = MOST_SERVERS as u32;
    let free = (servers..servers + CLIENTS as u32).find_map(|index| peer(index, port, pace).ok());
    let mut peer = free.ok_or_else(|| Error::other("there are as many clients as there may be"))?;
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
