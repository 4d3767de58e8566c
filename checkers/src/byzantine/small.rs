//! Small random histories of broadcasts among nodes that lie: mostly orderly, with a few liberties.
//!
//! Messages have slots in the order of their broadcasts; servers accept them there, suspect the
//! sequencer and take over.

pub mod exclusions;

use crate::crosscheck::Small;
use crate::crosscheck::script::{Fact, Script, Setup, setup};
use pepperland_core::history::{FailureModel, History, Kind};
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use proptest::prelude::*;
use serde_json::json;

/// One thing that happens. Nodes and messages are taken modulo those there are.
#[derive(Clone, Debug)]
enum Op {
    Broadcast(usize),
    /// A server accepts the next message it has not, or skips one.
    Accept(usize, bool),
    /// A server accepts some message for some slot.
    Stray(usize, usize, u64),
    /// The node delivers the next message, or the next but one.
    Next(usize, bool),
    /// It delivers some message: as it is or not, in its slot or not.
    Any(usize, usize, u8, u64),
    Forge(usize, u32),
    Suspect(usize),
    Trust(usize, usize),
    /// The next server takes over, or some server.
    Lead(Option<usize>),
    Crash(usize),
    Recover(usize),
}

/// Broadcasts and deliveries above all.
pub fn deliveries() -> BoxedStrategy<Small> {
    let node = || 0..5_usize;
    let skips = || prop::bool::weighted(0.04);
    let any = |(n, m, body, slot)| Op::Any(n, m, body, slot);
    histories(
        true,
        prop_oneof![
            20 => node().prop_map(Op::Broadcast),
            50 => (node(), skips()).prop_map(|(n, skip)| Op::Next(n, skip)),
            3 => (node(), 0..6_usize, 0..2_u8, 0..8_u64).prop_map(any),
            1 => (node(), 1..3_u32).prop_map(|(n, k)| Op::Forge(n, k)),
            3 => node().prop_map(Op::Crash),
            6 => node().prop_map(Op::Recover),
        ],
    )
}

/// Acceptances and changes of the sequencer above all.
pub fn servers() -> BoxedStrategy<Small> {
    let node = || 0..5_usize;
    let skips = || prop::bool::weighted(0.1);
    histories(
        false,
        prop_oneof![
            10 => node().prop_map(Op::Broadcast),
            30 => (node(), skips()).prop_map(|(n, skip)| Op::Accept(n, skip)),
            1 => (node(), 0..6_usize, 0..6_u64).prop_map(|(n, m, s)| Op::Stray(n, m, s)),
            6 => (node(), skips()).prop_map(|(n, skip)| Op::Next(n, skip)),
            20 => node().prop_map(Op::Suspect),
            2 => (node(), node()).prop_map(|(n, t)| Op::Trust(n, t)),
            12 => Just(Op::Lead(None)),
            1 => node().prop_map(|n| Op::Lead(Some(n))),
            1 => node().prop_map(Op::Crash),
        ],
    )
}

/// Changes of the sequencer while messages wait.
pub fn rotations() -> BoxedStrategy<Small> {
    let node = || 0..5_usize;
    histories(
        false,
        prop_oneof![
            6 => node().prop_map(Op::Broadcast),
            16 => node().prop_map(|n| Op::Next(n, false)),
            4 => node().prop_map(|n| Op::Lead(Some(n))),
            1 => node().prop_map(Op::Crash),
        ],
    )
}

fn histories(holes: bool, op: impl Strategy<Value = Op> + 'static) -> BoxedStrategy<Small> {
    (setup(), prop::collection::vec(op, 0..30))
        .prop_map(move |(mut setup, ops)| {
            setup.recovery &= setup.whim(0, 1);
            setup.byzantine = !setup.whim(1, 1);
            Small(play(setup, &ops, holes))
        })
        .boxed()
}

struct Play {
    setup: Setup,
    /// Clients and servers are told apart.
    roles: bool,
    script: Script,
    up: Vec<bool>,
    incarnation: Vec<u32>,
    messages: Vec<MessageId>,
    accepted: Vec<usize>,
    delivered: Vec<usize>,
    /// Which servers suspect the sequencer.
    suspects: Vec<bool>,
    sequencer: usize,
    epoch: u64,
    /// Nobody ever fills slot 3.
    leaves_hole: bool,
}

const NODES: usize = 5;

fn play(mut setup: Setup, ops: &[Op], holes: bool) -> History {
    let leaves_hole = holes && setup.whim(30, 2);
    setup.nodes = NODES;
    let mut play = Play {
        roles: setup.whim(2, 1),
        setup,
        script: Script::default(),
        up: vec![true; NODES],
        incarnation: vec![0; NODES],
        messages: Vec::new(),
        accepted: vec![0; NODES],
        delivered: vec![0; NODES],
        suspects: vec![false; NODES],
        sequencer: 0,
        epoch: 0,
        leaves_hole,
    };
    if play.setup.whim(3, 1) {
        play.lead(0);
    }
    for op in ops {
        play.script.now += 1;
        play.op(op);
    }
    if play.setup.settle {
        play.settle();
    }
    play.record()
}

impl Play {
    fn servers(&self) -> std::ops::Range<usize> {
        if self.roles { 2..NODES } else { 0..NODES }
    }

    fn server(&self, n: usize) -> usize {
        let servers = self.servers();
        servers.start + n % servers.len()
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Broadcast(n) if self.up[*n] => self.broadcast(*n),
            Op::Accept(n, skip) => {
                let server = self.server(*n);
                let next = self.accepted[server] + usize::from(*skip);
                if next < self.messages.len() && self.up[server] {
                    self.accept(server, next, next as u64 + 1);
                    self.accepted[server] = next + 1;
                }
            }
            Op::Stray(n, m, slot) if *m < self.messages.len() && self.up[self.server(*n)] => {
                self.accept(self.server(*n), *m, *slot);
            }
            Op::Next(n, skip) => self.next(*n, *skip),
            Op::Any(n, m, body, slot) if *m < self.messages.len() && self.up[*n] => {
                let slot = if *slot < 4 { *m as u64 } else { *m as u64 + 1 };
                self.script.add(*n, Fact::Deliver(self.messages[*m], *body, Some(slot)));
            }
            Op::Forge(n, k) if self.up[*n] => {
                let id = MessageId { origin: NodeId(0), incarnation: 0, number: 90 + *k };
                self.script.add(*n, Fact::Deliver(id, 0, None));
            }
            Op::Suspect(n) => self.suspect(self.server(*n)),
            Op::Trust(n, t) => {
                let (server, target) = (self.server(*n), self.server(*t));
                self.say(server, Kind::Trust, target);
            }
            Op::Lead(None) => {
                let next = self.server(self.sequencer + 1);
                let asked = self.suspects.iter().filter(|suspects| **suspects).count();
                if asked > self.servers().len() / 2 {
                    self.lead(next - self.servers().start);
                }
            }
            Op::Lead(Some(n)) => self.lead(*n),
            Op::Crash(n) if self.up[*n] && !self.setup.calm => {
                self.up[*n] = false;
                self.script.plain(*n, Kind::Crash);
            }
            Op::Recover(n) if !self.up[*n] && self.setup.recovery => {
                self.up[*n] = true;
                self.incarnation[*n] += 1;
                self.script.plain(*n, Kind::Recover);
            }
            _ => {}
        }
    }

    fn broadcast(&mut self, node: usize) {
        if self.messages.len() < 6 {
            let (origin, incarnation) = (NodeId(node as u32), self.incarnation[node]);
            let same = |id: &&MessageId| id.origin == origin && id.incarnation == incarnation;
            let number = self.messages.iter().filter(same).count() as u32 + 1;
            let id = MessageId { origin, incarnation, number };
            self.messages.push(id);
            self.script.add(node, Fact::Broadcast(id, u32::from(self.roles)));
        }
    }

    fn accept(&mut self, server: usize, m: usize, slot: u64) {
        let id = self.messages[m];
        let name = format!("n{}:{}:{}", id.origin.0 + 1, id.incarnation, id.number);
        let digest = format!("{:016x}", Message { id, body: Body::new(&[0]) }.digest());
        let value = if self.setup.whim(5, 2) { digest } else { name };
        self.script.say(server, Kind::Decide, json!({"i": slot, "value": value}));
    }

    fn next(&mut self, node: usize, skip: bool) {
        let next = self.delivered[node] + usize::from(skip);
        if next < self.messages.len() && self.up[node] {
            self.delivered[node] = next + 1;
            // One client may count from somewhere else.
            let drift = u64::from(node == 1 && self.setup.whim(27, 3));
            let hole = u64::from(next >= 2 && self.leaves_hole);
            let slot = (!self.setup.whim(7, 3)).then_some(next as u64 + 1 + drift + hole);
            let id = self.messages[next];
            // What a liar says differs from node to node.
            let lies = self.setup.byzantine && id.origin.index() == NODES - 1;
            let body = u8::from(lies && self.setup.whim(9 + node as u32, 2));
            self.script.add(node, Fact::Deliver(id, body, slot));
        }
    }

    fn say(&mut self, server: usize, kind: Kind, target: usize) {
        if self.up[server] && server != target {
            self.script.say(server, kind, json!({"target": format!("n{}", target + 1)}));
        }
    }

    fn suspect(&mut self, server: usize) {
        let sequencer = self.server(self.sequencer);
        if self.up[server] && !self.suspects[server] && server != sequencer {
            self.suspects[server] = true;
            self.say(server, Kind::Suspect, sequencer);
        }
    }

    fn lead(&mut self, place: usize) {
        let server = self.server(place);
        if !self.up[server] {
            return;
        }
        self.sequencer = place % self.servers().len();
        self.suspects = vec![false; NODES];
        let keys = if self.setup.whim(20, 1) { json!({"epoch": self.epoch}) } else { json!({}) };
        self.epoch += 1;
        self.script.say(server, Kind::Lead, keys);
    }

    fn settle(&mut self) {
        for node in 0..NODES {
            while self.up[node] && self.delivered[node] < self.messages.len() {
                self.next(node, false);
            }
        }
    }

    fn record(self) -> History {
        let mut header = self.setup.header();
        if self.setup.whim(22, 2) {
            header.failure_model = FailureModel::Byzantine;
        }
        if self.roles {
            let names = header.nodes.clone();
            header.groups.insert("clients".into(), names[..2].to_vec());
            header.groups.insert("servers".into(), names[2..].to_vec());
        }
        if self.setup.real && self.setup.whim(24, 1) {
            header.clock_error = Some(3);
        }
        if self.setup.whim(25, 1) {
            header.about.insert("bounds".into(), json!({"faults": 1}));
        }
        let Play { script, setup, .. } = self;
        script.record(header, &setup)
    }
}
