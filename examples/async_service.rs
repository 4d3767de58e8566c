//! An async service of one's own, tested as it is: broadcast with acknowledgements, written with
//! tokio and turmoil's sockets, under a schedule that splits three nodes for a while.
//!
//! `cargo run --example async_service` prints the history, one event a line, and then, on stderr,
//! what the checkers say of it.

use pepperland::checkers;
use pepperland::core::message::Body;
use pepperland::core::runtime::Refused;
use pepperland::core::schedule::{
    Ask, Disturbance, Frame, Links, NetworkOptions, Schedule, Step, Trouble, When,
};
use pepperland::core::verdict::Ruling;
use pepperland::prelude::*;
use pepperland::turmoil::{ServiceContext, Turmoil};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::time::Duration;
use tokio::time::interval;
use turmoil::net::UdpSocket;

const PORT: u16 = 8000;

/// Sends a message until it is acknowledged; delivers a message at its first receipt.
struct Broadcast {
    socket: UdpSocket,
    context: ServiceContext,
    delivered: BTreeSet<MessageId>,
    /// Datagrams that a node has not acknowledged.
    unacknowledged: BTreeMap<(NodeId, MessageId), Vec<u8>>,
}

async fn broadcast(mut context: ServiceContext) -> turmoil::Result {
    let socket = UdpSocket::bind(("0.0.0.0", PORT)).await?;
    let (_, requests) = tokio::sync::mpsc::unbounded_channel();
    let mut requests = std::mem::replace(&mut context.requests, requests);
    let (delivered, unacknowledged) = Default::default();
    let mut service = Broadcast { socket, context, delivered, unacknowledged };
    let mut again = interval(Duration::from_millis(40));
    let mut buffer = [0; 1024];
    loop {
        // Without `biased`, tokio would pick a branch by a random number of its own.
        tokio::select! {
            biased;
            Some(request) = requests.recv() => service.request(request).await?,
            _ = again.tick() => service.send_again().await?,
            received = service.socket.recv_from(&mut buffer) => {
                let (length, _) = received?;
                service.receive(&buffer[..length]).await?;
            }
        }
    }
}

impl Broadcast {
    async fn request(&mut self, request: Request<Message>) -> turmoil::Result {
        let Request::Multicast(_, message) = request else { return Ok(()) };
        let datagram = encode(b'm', self.context.node, message.id, &message.body.0);
        for node in self.context.nodes.clone() {
            self.unacknowledged.insert((node, message.id), datagram.clone());
            self.send(node, &datagram).await?;
        }
        Ok(())
    }

    async fn send_again(&self) -> turmoil::Result {
        for ((node, _), datagram) in &self.unacknowledged {
            self.send(*node, datagram).await?;
        }
        Ok(())
    }

    async fn receive(&mut self, datagram: &[u8]) -> turmoil::Result {
        let Some((kind, from, id, body)) = decode(datagram) else { return Ok(()) };
        if kind == b'a' {
            self.unacknowledged.remove(&(from, id));
            return Ok(());
        }
        if self.delivered.insert(id) {
            let message = Message { id, body: Body::new(body) };
            let delivery = Delivery { from, group: GroupId::ALL, message, slot: None };
            self.context.indications.report(Indication::Deliver(delivery));
        }
        self.send(from, &encode(b'a', self.context.node, id, &[])).await
    }

    async fn send(&self, to: NodeId, datagram: &[u8]) -> turmoil::Result {
        let name = self.context.addresses[to.index()].as_str();
        self.socket.send_to(datagram, (name, PORT)).await?;
        Ok(())
    }
}

fn encode(kind: u8, from: NodeId, id: MessageId, body: &[u8]) -> Vec<u8> {
    let words = [from.0, id.origin.0, id.incarnation, id.number];
    let mut datagram = vec![kind];
    words.iter().for_each(|word| datagram.extend_from_slice(&word.to_be_bytes()));
    datagram.extend_from_slice(body);
    datagram
}

fn decode(datagram: &[u8]) -> Option<(u8, NodeId, MessageId, &[u8])> {
    let (kind, rest) = datagram.split_first()?;
    let (words, body) = rest.split_at_checked(16)?;
    let word = |i: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| words[4 * i + byte]));
    let id = MessageId { origin: NodeId(word(1)), incarnation: word(2), number: word(3) };
    Some((*kind, NodeId(word(0)), id, body))
}

/// Each node broadcasts twice; from 50 ms to 300 ms, n1 is cut off from the others.
fn schedule() -> Schedule {
    let (n1, others) = (vec![NodeId(0)], vec![NodeId(1), NodeId(2)]);
    let cut = Trouble::Cut { links: Links::between(n1, others) };
    let heal_at = Time::millis(300);
    let network = NetworkOptions {
        channel: Channel::FairLoss,
        ..NetworkOptions::perfect(Span::millis(1), Span::millis(20))
    };
    let step = |id: u32| Step {
        id,
        when: When::At(Time::millis(u64::from(id) * 30)),
        node: NodeId(id % 3),
        ask: Ask::Multicast { group: GroupId::ALL, body: format!("news {id}") },
    };
    let header = Frame {
        seed: Seed(7),
        heal_at,
        end: Time::millis(2_000),
        ..Frame::of("async-service", 3, network)
    };
    let disturbances = vec![Disturbance::during(Time::millis(50), heal_at, cut)];
    Schedule { header, steps: (0..6).map(step).collect(), disturbances }
}

/// What the service promises.
const PROMISES: [&str; 3] = ["no-creation", "no-duplication", "validity-all"];

fn rulings(history: &History) -> Vec<(&'static str, Ruling)> {
    let properties: Vec<_> = PROMISES.into_iter().filter_map(checkers::find).collect();
    let judged = checkers::judge(history, properties);
    judged.into_iter().map(|(checker, verdict)| (checker.property, verdict.ruling())).collect()
}

fn run() -> Result<History, Refused> {
    Turmoil::services(&schedule(), broadcast)
}

fn print(history: &History, out: &mut impl Write) -> std::io::Result<()> {
    let mut lines = Vec::new();
    history.write_to(&mut lines)?;
    out.write_all(&lines)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let history = run()?;
    print(&history, &mut std::io::stdout())?;
    for (property, ruling) in rulings(&history) {
        eprintln!("{property}: {}", ruling.word());
    }
    Ok(())
}

#[test]
fn holds_what_it_promises() {
    let history = run().expect("turmoil can do all this");
    assert_eq!(rulings(&history), PROMISES.map(|property| (property, Ruling::Held)));
    let mut out = Vec::new();
    print(&history, &mut out).expect("a vector takes every byte");
    let lines = String::from_utf8(out).expect("a history is text");
    assert_eq!(lines.lines().count(), 1 + history.len());
}
