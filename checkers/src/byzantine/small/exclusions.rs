//! Small random histories of members that suspect and exclude one another.

use crate::crosscheck::Small;
use crate::crosscheck::script::{Setup, setup};
use pepperland_core::history::{FailureModel, History, Kind, Recorder, ViewInstall, ViewName};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::json;

const NODES: usize = 5;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Op {
    /// A member suspects the one that most do, or some node.
    Suspect(usize, Option<usize>),
    Trust(usize),
    /// A node installs the next view there is, or says its own once more.
    Install(usize, bool),
    /// The next view is the last one without the one that is suspected, or with everybody.
    Next(bool),
    Crash(usize),
    Recover(usize),
    Leave(usize),
}

/// Suspicions and views.
pub fn histories() -> BoxedStrategy<Small> {
    let node = || 0..NODES;
    let target = prop_oneof![4 => Just(None), 1 => node().prop_map(Some)];
    let op = prop_oneof![
        12 => (node(), target).prop_map(|(n, t)| Op::Suspect(n, t)),
        1 => node().prop_map(Op::Trust),
        16 => (node(), prop::bool::weighted(0.1)).prop_map(|(n, again)| Op::Install(n, again)),
        5 => prop::bool::weighted(0.15).prop_map(Op::Next),
        1 => node().prop_map(Op::Crash),
        1 => node().prop_map(Op::Recover),
        1 => node().prop_map(Op::Leave),
    ];
    (setup(), prop::collection::vec(op, 0..25))
        .prop_map(|(setup, ops)| Small(play(setup, &ops)))
        .boxed()
}

struct Play {
    setup: Setup,
    recorder: Recorder,
    now: u64,
    /// The members of each view, from the first on.
    views: Vec<Vec<usize>>,
    /// How many views each node has installed.
    installed: [usize; NODES],
    /// Whom most suspect.
    suspected: usize,
    up: [bool; NODES],
}

fn play(mut setup: Setup, ops: &[Op]) -> History {
    setup.nodes = NODES;
    setup.byzantine = !setup.whim(1, 1);
    setup.recovery &= setup.whim(0, 1);
    let mut header = setup.header();
    if setup.whim(22, 2) {
        header.failure_model = FailureModel::Byzantine;
    }
    if setup.real && setup.whim(24, 1) {
        header.clock_error = Some(3);
    }
    let mut play = Play {
        suspected: setup.whims as usize % NODES,
        recorder: Recorder::new(header),
        now: 0,
        views: vec![(0..NODES).collect()],
        installed: [0; NODES],
        up: [true; NODES],
        setup,
    };
    // Most members are in the first view from the beginning.
    let late = play.setup.whim(28, 2).then_some(3);
    (0..NODES).filter(|node| Some(*node) != late).for_each(|node| play.install(node));
    for op in ops {
        play.op(op);
    }
    play.recorder.into_history()
}

impl Play {
    fn op(&mut self, op: &Op) {
        match op {
            Op::Suspect(node, target) => {
                self.say(*node, Kind::Suspect, target.unwrap_or(self.suspected));
            }
            Op::Trust(node) => self.say(*node, Kind::Trust, self.suspected),
            Op::Install(node, true) if self.installed[*node] > 0 && self.up[*node] => {
                self.view(*node, self.installed[*node] - 1);
            }
            Op::Install(node, _) if self.up[*node] => self.install(*node),
            Op::Next(everybody) => self.next(*everybody),
            Op::Crash(node) if self.up[*node] && !self.setup.calm => {
                self.up[*node] = false;
                self.tell(*node, Kind::Crash, json!({}));
            }
            Op::Recover(node) if !self.up[*node] && self.setup.recovery => {
                self.up[*node] = true;
                self.tell(*node, Kind::Recover, json!({}));
            }
            Op::Leave(node) if self.up[*node] && self.setup.whim(5, 2) => {
                self.tell(*node, Kind::Leave, json!({}));
            }
            _ => {}
        }
    }

    fn next(&mut self, everybody: bool) {
        let mut members = self.views[self.views.len() - 1].clone();
        if everybody {
            members = (0..NODES).collect();
        }
        members.retain(|member| everybody || *member != self.suspected);
        self.views.push(members);
        self.suspected = (self.suspected + 1) % NODES;
    }

    fn install(&mut self, node: usize) {
        let next = self.installed[node];
        if next < self.views.len() {
            self.installed[node] += 1;
            self.view(node, next);
        }
    }

    fn view(&mut self, node: usize, view: usize) {
        let members = self.views[view].iter().map(|member| NodeId(*member as u32)).collect();
        let view = ViewName { number: view as u64 + 1, creator: None };
        let install = ViewInstall { view, members, primary: true, transitional: None, group: None };
        self.now += 1;
        self.recorder.view(Time(self.now), NodeId(node as u32), install, None);
    }

    fn say(&mut self, node: usize, kind: Kind, target: usize) {
        if self.up[node] {
            self.tell(node, kind, json!({"target": format!("n{}", target + 1)}));
        }
    }

    fn tell(&mut self, node: usize, kind: Kind, fields: serde_json::Value) {
        self.now += 1;
        let fields = fields.as_object().cloned().unwrap_or_default();
        self.recorder.event(Time(self.now), NodeId(node as u32), kind, fields, None);
    }
}
