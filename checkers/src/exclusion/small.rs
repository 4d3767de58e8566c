//! Small random histories of nodes that enter, pass a token on and lead, and clients that lock.

use crate::crosscheck::Small;
use crate::crosscheck::draft::{Draft, Setup, setup};
use pepperland_core::history::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
enum Op {
    /// The node enters once the other has left; or at once.
    Enter(usize, bool),
    /// The node enters with an epoch that was before.
    Stale(usize),
    Exit(usize),
    /// The token goes to the node; or the node has one too.
    Pass(usize, bool),
    /// The token is lost, and the node makes the next; or one of the same epoch.
    Make(usize, bool),
    /// The node leads the next epoch once the other has stopped; or the same.
    Lead(usize, bool),
    Unlead(usize),
    Lock(usize),
    Answer(usize, Option<bool>),
    Unlock(usize),
    Crash(usize),
    Recover(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    let client = || 0..3_usize;
    let well = || prop::bool::weighted(0.9);
    let answer = prop_oneof![8 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)];
    prop_oneof![
        12 => (node(), well()).prop_map(|(n, w)| Op::Enter(n, w)),
        1 => node().prop_map(Op::Stale),
        4 => node().prop_map(Op::Exit),
        10 => (node(), well()).prop_map(|(n, w)| Op::Pass(n, w)),
        4 => (node(), well()).prop_map(|(n, w)| Op::Make(n, w)),
        9 => (node(), well()).prop_map(|(n, w)| Op::Lead(n, w)),
        1 => node().prop_map(Op::Unlead),
        6 => client().prop_map(Op::Lock),
        9 => (client(), answer).prop_map(|(c, a)| Op::Answer(c, a)),
        5 => client().prop_map(Op::Unlock),
        3 => node().prop_map(Op::Crash),
        4 => node().prop_map(Op::Recover),
    ]
}

/// Any such history.
pub fn history() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 0..36);
    (setup(), ops).prop_map(|(setup, ops)| play(setup, &ops)).boxed()
}

struct Play {
    draft: Draft,
    inside: Option<usize>,
    entries: u64,
    holder: usize,
    token: u64,
    leader: usize,
    epoch: u64,
    /// What each client waits for, if for anything.
    open: [bool; 3],
    names: [usize; 3],
}

fn play(setup: Setup, ops: &[Op]) -> Small {
    let (draft, open, names) = (Draft::new(setup), [false; 3], [0; 3]);
    let (inside, entries, holder, token, leader, epoch) = (None, 0, 0, 1, 0, 0);
    let mut play = Play { draft, inside, entries, holder, token, leader, epoch, open, names };
    ops.iter().for_each(|op| play.op(op));
    play.draft.record()
}

impl Play {
    fn op(&mut self, op: &Op) {
        match op {
            Op::Enter(node, well) => {
                if let Some(other) = self.inside.filter(|_| *well) {
                    self.draft.say(other, Kind::Exit, json!({"res": "x"}));
                }
                self.inside = Some(*node);
                self.entries += 1;
                self.draft.say(*node, Kind::Enter, json!({"res": "x", "epoch": self.entries}));
            }
            Op::Stale(node) => {
                let epoch = self.entries.saturating_sub(1);
                self.draft.say(*node, Kind::Enter, json!({"res": "x", "epoch": epoch}));
                self.draft.say(*node, Kind::Exit, json!({"res": "x"}));
            }
            Op::Exit(node) => self.draft.say(*node, Kind::Exit, json!({"res": "x"})),
            Op::Pass(node, well) => {
                if *well {
                    self.say_token(self.holder, "release");
                }
                self.holder = *node;
                self.say_token(*node, "acquire");
            }
            Op::Make(node, well) => {
                self.say_token(self.holder, "lost");
                self.token += u64::from(*well);
                self.say_token(*node, "new");
            }
            Op::Lead(node, well) => {
                if *well {
                    self.draft.say(self.leader, Kind::Unlead, json!({}));
                    self.epoch += 1;
                }
                self.leader = *node;
                self.draft.say(*node, Kind::Lead, json!({"epoch": self.epoch}));
            }
            Op::Unlead(node) => self.draft.say(*node, Kind::Unlead, json!({})),
            Op::Lock(client) => self.ask(*client, "lock"),
            Op::Unlock(client) => self.ask(*client, "unlock"),
            Op::Answer(client, ok) if self.open[*client] => {
                self.open[*client] = false;
                let status = ok.map_or("unknown", |ok| if ok { "ok" } else { "fail" });
                let answer: Value = json!({"client": self.name(*client), "status": status});
                self.draft.client(Kind::Response, answer);
                self.names[*client] += usize::from(ok.is_none());
            }
            Op::Answer(..) => {}
            Op::Crash(node) => self.draft.crash(*node),
            Op::Recover(node) => {
                self.draft.recover(*node);
            }
        }
    }

    fn name(&self, client: usize) -> String {
        format!("c{client}{}", "'".repeat(self.names[client]))
    }

    fn ask(&mut self, client: usize, f: &str) {
        if !self.open[client] {
            self.open[client] = true;
            let op = json!({"f": f, "key": 1});
            self.draft.client(Kind::Invoke, json!({"client": self.name(client), "op": op}));
        }
    }

    fn say_token(&mut self, node: usize, what: &str) {
        self.draft.say(node, Kind::Token, json!({"what": what, "epoch": self.token}));
    }
}
