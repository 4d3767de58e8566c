//! Long valid histories, to measure checkers by.

mod registers;
mod views;

pub use registers::registers;
pub use views::with_views;

use pepperland_core::history::{Clock, Header, History, Recorder};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::seed::{Seed, Stream};
use pepperland_core::time::Time;
use std::collections::VecDeque;

/// A complete history on a virtual clock in which every property holds, but for the orders of real
/// time: `nodes` senders, one total order that respects causes, at most `window` messages broadcast and not yet delivered
/// everywhere. Every node delivers everything, as many messages as make up `deliveries`.
///
/// # Panics
/// If there are no nodes or no window.
pub fn synthetic(nodes: usize, deliveries: usize, window: usize, seed: u64) -> History {
    assert!(nodes > 0 && window > 0, "a history needs a node and room for a message");
    let mut header = Header::new((1..=nodes).map(|n| format!("n{n}")).collect());
    header.clock = Clock::Virtual;
    let messages = deliveries / nodes;
    let mut recorder = Recorder::new(header);
    recorder.reserve(messages * (nodes + 1));
    let mut run = Run {
        recorder,
        stream: Seed(seed).stream("throughput"),
        messages,
        window,
        broadcast: vec![0; nodes],
        pending: vec![VecDeque::new(); nodes],
        order: VecDeque::new(),
        begun: 0,
        settled: 0,
        delivered: vec![0; nodes],
    };
    while run.settled < messages {
        run.step();
    }
    let end = Time(run.recorder.len() as u64);
    run.recorder.finish(end, true)
}

struct Run {
    recorder: Recorder,
    stream: Stream,
    messages: usize,
    window: usize,
    /// How many messages each node broadcast.
    broadcast: Vec<u32>,
    /// What each node broadcast that has no place in the order yet.
    pending: Vec<VecDeque<u32>>,
    /// The order, without what every node delivered.
    order: VecDeque<MessageId>,
    /// How many messages were broadcast, and how many every node delivered.
    begun: usize,
    settled: usize,
    /// How many messages each node delivered.
    delivered: Vec<usize>,
}

impl Run {
    fn step(&mut self) {
        let nodes = self.delivered.len();
        let node = self.stream.below(nodes as u64) as usize;
        match self.stream.below(nodes as u64 + 2) {
            0 => self.begin(node),
            1 => self.place(node),
            _ => self.deliver(node),
        }
    }

    fn begin(&mut self, node: usize) {
        if self.begun == self.messages || self.begun - self.settled >= self.window {
            return;
        }
        self.begun += 1;
        self.broadcast[node] += 1;
        self.pending[node].push_back(self.broadcast[node]);
        let message = message(id(node, self.broadcast[node]));
        let at = Time(self.recorder.len() as u64);
        self.recorder.broadcast(at, NodeId(node as u32), &message, GroupId::ALL, None);
    }

    fn place(&mut self, node: usize) {
        if let Some(number) = self.pending[node].pop_front() {
            self.order.push_back(id(node, number));
        }
    }

    fn deliver(&mut self, node: usize) {
        let Some(id) = self.order.get(self.delivered[node] - self.settled) else { return };
        let at = Time(self.recorder.len() as u64);
        self.recorder.deliver(at, NodeId(node as u32), &message(*id), None, None);
        self.delivered[node] += 1;
        if self.delivered[node] == self.settled + 1 {
            let least = self.delivered.iter().min().copied().unwrap_or(0);
            self.order.drain(..least - self.settled);
            self.settled = least;
        }
    }
}

fn id(node: usize, number: u32) -> MessageId {
    MessageId { origin: NodeId(node as u32), incarnation: 0, number }
}

fn message(id: MessageId) -> Message {
    Message { id, body: Body::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::verdict::Outcome;

    #[test]
    fn every_property_holds_of_what_is_measured() {
        let history = synthetic(3, 600, 10, 7);
        assert_eq!(history.len(), 800);
        let judged = crate::all().filter(|checker| checker.lacks(&history).is_none());
        let judged = judged.filter(|checker| checker.property != "chronological-order");
        for (checker, verdict) in crate::judge(&history, judged) {
            assert_eq!(verdict.outcome, Outcome::Held, "{}", checker.property);
            assert!(verdict.obligations > 100, "{}", checker.property);
        }
    }

    #[test]
    fn a_seed_is_a_history() {
        assert_eq!(synthetic(3, 90, 5, 1).digest(), synthetic(3, 90, 5, 1).digest());
        assert_ne!(synthetic(3, 90, 5, 1).digest(), synthetic(3, 90, 5, 2).digest());
    }
}
