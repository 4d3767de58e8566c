//! Replicas that execute one log.

use crate::crosscheck::Small;
use crate::crosscheck::draft::{Draft, Setup, setup};
use pepperland_core::history::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
enum Op {
    /// A client's operation gets the next place in the log.
    Append,
    /// The client of an operation is told that it was done.
    Answer(usize),
    /// The node executes the next operation.
    Next(usize),
    /// The primary executes the next operation.
    Serve,
    /// The node executes the operation after next first.
    Swap(usize),
    /// The node executes an operation once more.
    Again(usize, usize),
    /// The node executes the next operation, and comes to another state or reply.
    Wrong(usize, bool),
    /// The node executes the next operation for a primary that was deposed.
    Deposed(usize),
    /// The node becomes primary.
    Lead(usize),
    /// A snapshot goes from one node to another, and is sound or not.
    Snapshot(usize, usize, bool),
    Crash(usize),
    Recover(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    prop_oneof![
        20 => Just(Op::Append),
        50 => node().prop_map(Op::Next),
        4 => node().prop_map(Op::Swap),
        2 => (node(), 0..6_usize).prop_map(|(n, o)| Op::Again(n, o)),
        3 => (node(), any::<bool>()).prop_map(|(n, h)| Op::Wrong(n, h)),
        4 => node().prop_map(Op::Deposed),
        7 => node().prop_map(Op::Lead),
        9 => (node(), node(), prop::bool::weighted(0.8)).prop_map(|(a, b, s)| {
            Op::Snapshot(a, b, s)
        }),
        3 => node().prop_map(Op::Crash),
        5 => node().prop_map(Op::Recover),
    ]
}

/// The same, where all is about the primary.
fn op_of_followers() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    prop_oneof![
        20 => Just(Op::Append),
        30 => node().prop_map(Op::Next),
        8 => (0..6_usize).prop_map(Op::Answer),
        20 => Just(Op::Serve),
        14 => node().prop_map(Op::Swap),
        3 => node().prop_map(Op::Lead),
        2 => node().prop_map(Op::Crash),
        3 => node().prop_map(Op::Recover),
    ]
}

/// How replicas go about it.
#[derive(Clone, Debug)]
struct Manner {
    /// Only the primary executes.
    alone: bool,
    /// At the end every replica executes the rest.
    settle: bool,
    named: bool,
    slots: bool,
    epochs: bool,
    takeover: u64,
}

fn manner() -> impl Strategy<Value = Manner> {
    let often = || prop::bool::weighted(0.8);
    let few = prop::bool::weighted(0.3);
    (few, often(), often(), often(), often(), 0..4_u64).prop_map(
        |(alone, settle, named, slots, epochs, takeover)| Manner {
            alone,
            settle,
            named,
            slots,
            epochs,
            takeover,
        },
    )
}

/// Any such history.
pub fn replicas() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 0..36);
    (setup(), manner(), ops).prop_map(|(setup, manner, ops)| play(setup, manner, &ops)).boxed()
}

/// Histories of a primary and those that follow it.
pub fn followers() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op_of_followers(), 10..40);
    let play = |(setup, manner, ops): (Setup, Manner, Vec<Op>)| {
        let ops: Vec<Op> = std::iter::once(Op::Lead(0)).chain(ops).collect();
        play(setup, Manner { alone: false, named: true, ..manner }, &ops)
    };
    (setup(), manner(), ops).prop_map(play).boxed()
}

struct Play {
    manner: Manner,
    draft: Draft,
    /// The epoch in which each operation got its place.
    log: Vec<u64>,
    /// How much of the log each node has executed.
    done: Vec<usize>,
    /// Whose clients were answered.
    told: Vec<usize>,
    epoch: u64,
    primary: usize,
}

fn play(setup: Setup, manner: Manner, ops: &[Op]) -> Small {
    let nodes = setup.nodes;
    let mut draft = Draft::new(setup);
    draft.bounds(json!({"takeover": manner.takeover, "replicas": manner.takeover}));
    let (log, done, told) = (Vec::new(), vec![0; nodes], Vec::new());
    let mut play = Play { manner, draft, log, done, told, epoch: 1, primary: 0 };
    ops.iter().for_each(|op| play.op(op, nodes));
    if play.manner.settle && !play.manner.alone {
        for node in 0..nodes {
            while play.draft.is_up(node) && play.next(node, 0) {}
        }
    }
    play.draft.record()
}

impl Play {
    fn op(&mut self, op: &Op, nodes: usize) {
        match op {
            Op::Append if self.log.len() < 6 => {
                let (client, op) = (self.client(self.log.len()), json!({"f": "step", "id": 1}));
                self.draft.client(Kind::Invoke, json!({"client": client, "op": op}));
                self.log.push(self.epoch);
            }
            Op::Answer(at) if *at < self.log.len() && !self.told.contains(at) => {
                self.told.push(*at);
                let answer = json!({"client": self.client(*at), "status": "ok"});
                self.draft.client(Kind::Response, answer);
            }
            Op::Answer(_) => {}
            Op::Append => {}
            Op::Next(node) => {
                let node = if self.manner.alone { self.primary } else { node % nodes };
                self.next(node, 0);
            }
            Op::Serve => {
                self.next(self.primary, 0);
            }
            Op::Swap(node) => {
                let node = node % nodes;
                if self.draft.is_up(node) && self.done[node] + 1 < self.log.len() {
                    let overlooked = self.done[node];
                    self.next(node, 1);
                    self.say(node, overlooked, 0, 0, 0);
                }
            }
            Op::Again(node, operation) if *operation < self.log.len() => {
                self.say(node % nodes, *operation, 0, 0, 0);
            }
            Op::Again(..) => {}
            Op::Wrong(node, hash) => {
                let node = node % nodes;
                if self.done[node] < self.log.len() {
                    let at = self.done[node];
                    self.say(node, at, u64::from(*hash), u64::from(!*hash), 0);
                    self.done[node] += usize::from(self.draft.is_up(node));
                }
            }
            Op::Deposed(node) => {
                let node = node % nodes;
                if self.done[node] < self.log.len() {
                    self.say(node, self.done[node], 0, 0, 1);
                    self.done[node] += usize::from(self.draft.is_up(node));
                }
            }
            Op::Lead(node) => {
                self.draft.say(self.primary, Kind::Unlead, json!({}));
                self.epoch += 1;
                self.primary = node % nodes;
                self.draft.say(self.primary, Kind::Lead, json!({"epoch": self.epoch}));
            }
            Op::Snapshot(from, to, sound) => self.snapshot(from % nodes, to % nodes, *sound),
            Op::Crash(node) => self.draft.crash(*node),
            Op::Recover(node) => {
                if self.draft.recover(*node) && !self.draft.setup.logged {
                    self.done[node % nodes] = 0;
                }
            }
        }
    }

    fn client(&self, operation: usize) -> String {
        format!("c{operation}")
    }

    /// Executes the next operation, leaving out the first `skip`.
    fn next(&mut self, node: usize, skip: usize) -> bool {
        let at = self.done[node] + skip;
        if at >= self.log.len() || !self.draft.is_up(node) {
            return false;
        }
        self.say(node, at, 0, 0, 0);
        self.done[node] = at + 1;
        true
    }

    fn say(&mut self, node: usize, at: usize, hash: u64, result: u64, deposed: u64) {
        let mut op = json!({"f": "step"});
        if self.manner.named {
            op = json!({"client": self.client(at), "id": 1});
        }
        let (hash, result) = (at as u64 * 10 + hash, at as u64 * 10 + result);
        let mut fields = json!({"op": op, "result": result, "hash": hash});
        if self.manner.slots {
            fields["slot"] = json!(at + 1);
        }
        if self.manner.epochs {
            fields["epoch"] = json!(self.log[at].saturating_sub(deposed));
        }
        self.draft.say(node, Kind::Apply, fields);
    }

    fn snapshot(&mut self, from: usize, to: usize, sound: bool) {
        if !self.draft.is_up(from) || !self.draft.is_up(to) || from == to {
            return;
        }
        let length = self.done[from];
        let hash = length as u64 * 10;
        let taken: Value = json!({"slot": length, "hash": hash.saturating_sub(10)});
        self.draft.say(from, Kind::StateGet, taken.clone());
        let set = if sound { taken } else { json!({"slot": length, "hash": hash + 5}) };
        self.draft.say(to, Kind::StateSet, set);
        self.done[to] = length;
    }
}
