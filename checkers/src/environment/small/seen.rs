//! Small random histories of writes that servers see, mostly all of them.

use crate::crosscheck::Small;
use crate::environment::small::{Draft, NODES, Setup, setup};
use pepperland_core::history::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

/// What one step does.
#[derive(Clone, Debug)]
enum Step {
    /// A client at a node writes, and the write ends so.
    Write(usize, &'static str),
    /// A node sees the next write it has not, or skips one.
    See(usize, bool),
    Crash(usize),
    Recover(usize),
}

/// Writes, and who sees them.
pub fn writes() -> BoxedStrategy<Small> {
    let node = || 0..NODES;
    let ends = prop::sample::select(vec!["ok", "ok", "unknown", "fail", ""]);
    let step = prop_oneof![
        8 => (node(), ends).prop_map(|(n, end)| Step::Write(n, end)),
        16 => (node(), prop::bool::weighted(0.05)).prop_map(|(n, skips)| Step::See(n, skips)),
        1 => node().prop_map(Step::Crash),
        2 => node().prop_map(Step::Recover),
    ];
    let steps = prop::collection::vec(step, 0..16);
    (setup(), steps).prop_map(|(setup, steps)| play(&setup, &steps)).boxed()
}

struct Play {
    draft: Draft,
    written: u64,
    /// How many writes each node has seen or skipped.
    seen: [u64; NODES],
    up: [bool; NODES],
}

fn play(setup: &Setup, steps: &[Step]) -> Small {
    let workload = (setup.number > 2).then_some("register-network");
    let draft = Draft::new(setup, workload);
    let mut play = Play { draft, written: 0, seen: [0; NODES], up: [true; NODES] };
    for step in steps {
        play.step(step, setup.recovery);
    }
    if setup.tail > 2 {
        (0..NODES).for_each(|node| while play.see(node) {});
    }
    play.draft.done(setup)
}

fn op(value: u64) -> Value {
    json!({"f": "write", "key": value % 2, "value": value})
}

impl Play {
    fn step(&mut self, step: &Step, may_recover: bool) {
        match step {
            Step::Write(node, end) if self.up[*node] => self.write(*node, end),
            Step::See(node, skips) => {
                self.seen[*node] += u64::from(*skips && self.seen[*node] < self.written);
                self.see(*node);
            }
            Step::Crash(node) if self.up[*node] => {
                self.up[*node] = false;
                self.draft.put(*node, Kind::Crash, Value::Null);
            }
            Step::Recover(node) if may_recover && !self.up[*node] => {
                self.up[*node] = true;
                self.draft.put(*node, Kind::Recover, Value::Null);
            }
            _ => {}
        }
    }

    /// An end without a word is none.
    fn write(&mut self, node: usize, end: &str) {
        self.written += 1;
        let client = self.written.to_string();
        self.draft.put(node, Kind::Invoke, json!({"client": client, "op": op(self.written)}));
        if !end.is_empty() {
            let fields = json!({"client": client, "status": end, "result": {}});
            self.draft.put(node, Kind::Response, fields);
        }
    }

    /// The node sees the next write, if there is one. Whether there was.
    fn see(&mut self, node: usize) -> bool {
        let there_is = self.up[node] && self.seen[node] < self.written;
        if there_is {
            self.seen[node] += 1;
            self.draft.put(node, Kind::Apply, json!({"op": op(self.seen[node])}));
        }
        there_is
    }
}
