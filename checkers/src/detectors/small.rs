//! Small random histories of failure detectors: mostly orderly, with a few liberties.

use crate::crosscheck::Small;
use crate::crosscheck::script::{Script, Setup, setup};
use pepperland_core::history::{History, Kind};
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::{Value, json};

/// One thing that happens. Nodes are taken modulo those there are.
#[derive(Clone, Debug)]
enum Op {
    /// The monitor says what is true.
    See(usize, usize),
    /// It says what is not.
    Err(usize, usize),
    Crash(usize),
    Recover(usize),
    Pause(usize),
    Resume(usize),
    Leave(usize),
    Lead(usize, usize),
    Unlead(usize),
    Wait(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    prop_oneof![
        14 => (node(), node()).prop_map(|(n, t)| Op::See(n, t)),
        4 => (node(), node()).prop_map(|(n, t)| Op::Err(n, t)),
        3 => node().prop_map(Op::Crash),
        3 => node().prop_map(Op::Recover),
        1 => node().prop_map(Op::Pause),
        2 => node().prop_map(Op::Resume),
        1 => node().prop_map(Op::Leave),
        2 => (node(), node()).prop_map(|(n, t)| Op::Lead(n, t)),
        2 => node().prop_map(Op::Unlead),
        6 => (0..6_u64).prop_map(Op::Wait),
    ]
}

/// Detectors that seldom err.
pub fn history() -> BoxedStrategy<Small> {
    play_all(prop::collection::vec(op(), 0..20).boxed())
}

/// Detectors that err again and again.
pub fn erring() -> BoxedStrategy<Small> {
    let node = || 0..2_usize;
    let op = prop_oneof![
        9 => node().prop_map(|n| Op::Err(n, 1 - n)),
        9 => node().prop_map(|n| Op::See(n, 1 - n)),
        5 => (0..6_u64).prop_map(Op::Wait),
        1 => node().prop_map(Op::Crash),
        1 => node().prop_map(Op::Recover),
        1 => (2..4_usize).prop_map(Op::Leave),
    ];
    play_all(prop::collection::vec(op, 0..25).boxed())
}

/// Detectors that state levels, of a node that mostly crashed: few of them fall.
pub fn levels() -> BoxedStrategy<Small> {
    let crash = prop::bool::weighted(0.8);
    let steps = prop::collection::vec((0..3_usize, 0..4_u64, 0..20_i64), 0..8);
    (setup(), crash, steps, 0..12_u64)
        .prop_map(|(mut setup, crash, steps, rest)| {
            (setup.calm, setup.recovery) = (false, false);
            let mut level = 0;
            let tail = steps.iter().map(|(node, wait, step)| {
                level = (level + if *step == 0 { -2 } else { *step % 3 }).max(0);
                (2 * node, 1, *wait, level as u64)
            });
            let tail: Vec<_> = tail.collect();
            let ops = [Op::Wait(2), Op::Crash(if crash { 1 } else { 3 })];
            Small(play(setup, &ops, None, &tail, rest))
        })
        .boxed()
}

fn play_all(ops: BoxedStrategy<Vec<Op>>) -> BoxedStrategy<Small> {
    let tail = prop::collection::vec((0..4_usize, 0..4_usize, 0..4_u64, 0..9_u64), 0..5);
    let slip = prop::option::weighted(0.4, (0..4_usize, 0..4_usize));
    (setup(), ops, slip, tail, 0..12_u64)
        .prop_map(|(mut setup, ops, slip, tail, rest)| {
            setup.calm = setup.whim(16, 2);
            Small(play(setup, &ops, slip, &tail, rest))
        })
        .boxed()
}

struct Play {
    setup: Setup,
    script: Script,
    up: Vec<bool>,
    suspects: Vec<Vec<bool>>,
    leads: Vec<Option<usize>>,
}

fn play(
    setup: Setup,
    ops: &[Op],
    slip: Option<(usize, usize)>,
    tail: &[(usize, usize, u64, u64)],
    rest: u64,
) -> History {
    let nodes = setup.nodes;
    let mut play = Play {
        setup,
        script: Script::default(),
        up: vec![true; nodes],
        suspects: vec![vec![false; nodes]; nodes],
        leads: vec![None; nodes],
    };
    for op in ops {
        play.script.now += u64::from(play.setup.whim(0, 1));
        play.op(op);
    }
    if play.setup.settle {
        play.settle(slip.map(|(n, t)| (n % nodes, t % nodes)));
    }
    play.script.now += rest;
    for (node, target, wait, level) in tail {
        play.script.now += wait;
        play.restate(node % nodes, target % nodes, *level);
    }
    play.script.now += rest;
    play.record()
}

impl Play {
    fn op(&mut self, op: &Op) {
        let nodes = self.setup.nodes;
        match op {
            Op::Wait(span) => self.script.now += span,
            Op::See(n, t) => self.say(n % nodes, t % nodes, !self.up[t % nodes]),
            Op::Err(n, t) => self.say(n % nodes, t % nodes, self.up[t % nodes]),
            Op::Crash(n) if self.up[n % nodes] && !self.setup.calm => {
                let node = n % nodes;
                self.up[node] = false;
                self.suspects[node] = vec![false; nodes];
                self.leads[node] = None;
                self.script.plain(node, Kind::Crash);
            }
            Op::Recover(n) if !self.up[n % nodes] && self.setup.recovery => {
                self.up[n % nodes] = true;
                self.script.plain(n % nodes, Kind::Recover);
            }
            Op::Crash(_) | Op::Recover(_) => {}
            Op::Pause(n) | Op::Resume(n) | Op::Leave(n) if self.up[n % nodes] => {
                let kind = match op {
                    Op::Pause(_) => Kind::Pause,
                    Op::Resume(_) => Kind::Resume,
                    _ => Kind::Leave,
                };
                self.script.plain(n % nodes, kind);
            }
            Op::Pause(_) | Op::Resume(_) | Op::Leave(_) => {}
            Op::Lead(n, leader) => self.lead(n % nodes, leader % nodes),
            Op::Unlead(n) => self.unlead(n % nodes),
        }
    }

    fn say(&mut self, node: usize, target: usize, suspects: bool) {
        if self.up[node] && self.suspects[node][target] != suspects {
            self.suspects[node][target] = suspects;
            let kind = if suspects { Kind::Suspect } else { Kind::Trust };
            self.script.say(node, kind, json!({"target": format!("n{}", target + 1)}));
        }
    }

    /// Whether leaders name others, rather than themselves.
    fn names(&self) -> bool {
        self.setup.whim(1, 1)
    }

    fn lead(&mut self, node: usize, leader: usize) {
        let leader = if self.names() { leader } else { node };
        if self.up[node] && self.leads[node] != Some(leader) {
            self.leads[node] = Some(leader);
            let target = format!("n{}", leader + 1);
            let keys = if self.names() { json!({"target": target}) } else { json!({}) };
            self.script.say(node, Kind::Lead, keys);
        }
    }

    fn unlead(&mut self, node: usize) {
        if self.up[node] && self.leads[node].take().is_some() {
            self.script.plain(node, Kind::Unlead);
        }
    }

    /// Everybody says what is true, but for one slip.
    fn settle(&mut self, slip: Option<(usize, usize)>) {
        let nodes = self.setup.nodes;
        let leader = self.up.iter().position(|up| *up).unwrap_or(0);
        for node in 0..nodes {
            for target in (0..nodes).filter(|target| *target != node) {
                let slips = self.setup.whim(3, 2) || slip == Some((node, target));
                self.say(node, target, self.up[target] == slips);
            }
            match slip == Some((node, node)) {
                true => self.unlead(node),
                false if self.names() || node == leader => self.lead(node, leader),
                false => self.unlead(node),
            }
        }
    }

    /// The monitor states its level once more.
    fn restate(&mut self, node: usize, target: usize, level: u64) {
        if !self.up[node] || node == target {
            return;
        }
        let suspects = self.suspects[node][target];
        let kind = if suspects { Kind::Suspect } else { Kind::Trust };
        let keys = json!({"target": format!("n{}", target + 1), "state": level.to_string()});
        self.script.say(node, kind, keys);
        if self.setup.whim(6, 1) {
            let keys =
                json!({"target": format!("n{}", target + 1), "state": (level + 1).to_string()});
            self.script.say(node, kind, keys);
        }
    }

    fn record(self) -> History {
        let mut header = self.setup.header();
        header.end = Some(Time(self.script.now));
        if self.setup.real && self.setup.whim(8, 1) {
            header.clock_error = Some(2);
        }
        if self.setup.whim(10, 3) {
            let names = header.nodes.clone();
            header.groups.insert("g".into(), names[..2].to_vec());
            header.groups.insert("h".into(), names[1..].to_vec());
        }
        let mut bounds = json!({"detection": 3, "mistake-duration": 6, "mistake-recurrence": 20});
        if self.setup.whim(13, 2) {
            bounds["settle"] = Value::from(5);
        }
        header.about.insert("bounds".into(), bounds);
        let Play { script, setup, .. } = self;
        script.record(header, &setup)
    }
}
