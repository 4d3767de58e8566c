//! Small random histories of multicasts: mostly orderly, with a few liberties, so that properties both hold and
//! break.

use crate::crosscheck::Small;
use pepperland_core::history::{
    Clock, DeliveryContract, FailureModel, GroupContract, Header, History, Kind, Recorder,
    ViewInstall, ViewName,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::Map as Fields;

/// How a history is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    nodes: usize,
    two_groups: bool,
    byzantine: bool,
    recovery: bool,
    logged: bool,
    complete: bool,
    real: bool,
    /// On a real clock: the file holds one node after the other.
    scattered: bool,
    /// At the end every node that is up delivers what it lacks.
    settle: bool,
    slots: bool,
}

/// One thing that happens. Nodes and messages are taken modulo those there are.
#[derive(Clone, Debug)]
pub enum Op {
    Broadcast(usize, usize),
    Return(usize),
    /// Delivers the next message in the common order.
    Next(usize),
    /// Delivers the next but one, as if the next had been overlooked.
    Skip(usize),
    Any(usize, usize),
    Corrupt(usize, usize),
    Stranger(usize),
    /// Delivers a message that its sender has yet to broadcast.
    Early(usize, usize, u32),
    Crash(usize),
    Recover(usize),
    View(usize, u64),
    Snapshot(usize),
}

const MESSAGES: usize = 6;

fn setup() -> impl Strategy<Value = Setup> {
    let rare = || prop::bool::weighted(0.2);
    let often = || prop::bool::weighted(0.8);
    let first = (3..=4_usize, rare(), rare(), prop::bool::ANY, rare(), often());
    (first, rare(), prop::bool::ANY, often(), rare()).prop_map(
        |(
            (nodes, two_groups, byzantine, recovery, logged, complete),
            real,
            scattered,
            settle,
            slots,
        )| {
            Setup {
                nodes,
                two_groups,
                byzantine,
                recovery,
                logged,
                complete,
                real,
                scattered,
                settle,
                slots,
            }
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    prop_oneof![
        30 => (node(), 0..2_usize).prop_map(|(n, g)| Op::Broadcast(n, g)),
        10 => node().prop_map(Op::Return),
        50 => node().prop_map(Op::Next),
        3 => node().prop_map(Op::Skip),
        2 => (node(), 0..MESSAGES).prop_map(|(n, m)| Op::Any(n, m)),
        1 => (node(), 0..MESSAGES).prop_map(|(n, m)| Op::Corrupt(n, m)),
        1 => node().prop_map(Op::Stranger),
        2 => (node(), node(), 1..3_u32).prop_map(|(n, s, k)| Op::Early(n, s, k)),
        5 => node().prop_map(Op::Crash),
        8 => node().prop_map(Op::Recover),
        1 => (node(), 1..4_u64).prop_map(|(n, v)| Op::View(n, v)),
        1 => node().prop_map(Op::Snapshot),
    ]
}

/// Any small history.
pub fn history() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 0..40);
    (setup(), ops).prop_map(|(setup, ops)| Small(play(setup, &ops))).boxed()
}

/// Events with no sense in them: strange nodes, senders and groups, everything in any order.
pub fn garbage() -> BoxedStrategy<Small> {
    let event = (0..8_usize, 0..6_u32, (0..6_u32, 0..3_u32, 0..4_u32), 0..4_u32);
    (setup(), prop::collection::vec(event, 0..30))
        .prop_map(|(setup, events)| {
            let mut recorder = Recorder::new(Play::new(setup).header());
            for (at, (what, node, (origin, incarnation, number), group)) in
                events.iter().enumerate()
            {
                let id = MessageId {
                    origin: NodeId(*origin),
                    incarnation: *incarnation,
                    number: *number,
                };
                let fact = match what {
                    0 | 1 => Fact::Broadcast(id, *group),
                    2..=4 => {
                        Fact::Deliver(id, *group == 3, (*group == 2).then_some(u64::from(*number)))
                    }
                    5 => Fact::Plain([Kind::Crash, Kind::Recover][*group as usize % 2]),
                    6 => Fact::Plain([Kind::StateSet, Kind::Deliver][*group as usize % 2]),
                    _ => Fact::View(u64::from(*group)),
                };
                record(&mut recorder, Time(at as u64), NodeId(*node), fact);
            }
            Small(recorder.into_history())
        })
        .boxed()
}

/// What is to be recorded.
enum Fact {
    Broadcast(MessageId, u32),
    Return(MessageId),
    Deliver(MessageId, bool, Option<u64>),
    View(u64),
    Plain(Kind),
}

struct Play {
    setup: Setup,
    facts: Vec<(usize, Fact)>,
    messages: Vec<(MessageId, usize)>,
    up: Vec<bool>,
    incarnation: Vec<u32>,
    /// What each node remembers to have delivered, by place in `messages`.
    delivered: Vec<Vec<usize>>,
}

fn play(setup: Setup, ops: &[Op]) -> History {
    let nodes = setup.nodes;
    let mut play = Play::new(setup);
    ops.iter().for_each(|op| play.op(op));
    if play.setup.settle {
        for node in 0..nodes {
            while play.deliver_next(node, 0) {}
        }
    }
    play.record()
}

impl Play {
    fn new(setup: Setup) -> Play {
        let nodes = setup.nodes;
        Play {
            facts: Vec::new(),
            messages: Vec::new(),
            up: vec![true; nodes],
            incarnation: vec![0; nodes],
            delivered: vec![Vec::new(); nodes],
            setup,
        }
    }

    fn op(&mut self, op: &Op) {
        let (Op::Broadcast(node, _)
        | Op::Return(node)
        | Op::Next(node)
        | Op::Skip(node)
        | Op::Any(node, _)
        | Op::Corrupt(node, _)
        | Op::Stranger(node)
        | Op::Early(node, ..)
        | Op::Crash(node)
        | Op::Recover(node)
        | Op::View(node, _)
        | Op::Snapshot(node)) = op;
        let node = node % self.setup.nodes;
        if self.up[node] == matches!(op, Op::Recover(_)) {
            return;
        }
        match op {
            Op::Broadcast(_, group) => self.broadcast(node, *group),
            Op::Return(_) => {
                let mut own = self.messages.iter().rev().map(|(id, _)| *id);
                if let Some(id) = own.find(|id| id.origin.index() == node) {
                    self.facts.push((node, Fact::Return(id)));
                }
            }
            Op::Next(_) => drop(self.deliver_next(node, 0)),
            Op::Skip(_) => drop(self.deliver_next(node, 1)),
            Op::Any(_, m) | Op::Corrupt(_, m) if !self.messages.is_empty() => {
                let m = m % self.messages.len();
                self.deliver(node, m, matches!(op, Op::Corrupt(..)));
            }
            Op::Any(..) | Op::Corrupt(..) => {}
            Op::Stranger(_) => {
                let id = MessageId { origin: NodeId(0), incarnation: 0, number: 99 };
                self.facts.push((node, Fact::Deliver(id, false, None)));
            }
            Op::Early(_, sender, ahead) => {
                let mut id = self.next_id(sender % self.setup.nodes);
                id.number += ahead - 1;
                self.facts.push((node, Fact::Deliver(id, false, None)));
            }
            Op::Crash(_) => {
                self.up[node] = false;
                self.facts.push((node, Fact::Plain(Kind::Crash)));
            }
            Op::Recover(_) => self.recover(node),
            Op::View(_, number) => self.facts.push((node, Fact::View(*number))),
            Op::Snapshot(_) => self.snapshot(node),
        }
    }

    fn groups(&self, node: usize, group: usize) -> bool {
        let last = self.setup.nodes - 1;
        !self.setup.two_groups || if group == 0 { node < last } else { node > 0 }
    }

    fn broadcast(&mut self, node: usize, group: usize) {
        if self.messages.len() >= MESSAGES {
            return;
        }
        let group = if self.setup.two_groups { group } else { 0 };
        let id = self.next_id(node);
        self.messages.push((id, group));
        self.facts.push((node, Fact::Broadcast(id, group as u32)));
    }

    fn next_id(&self, node: usize) -> MessageId {
        let incarnation = self.incarnation[node];
        let own = |(id, _): &&(MessageId, usize)| {
            id.origin.index() == node && id.incarnation == incarnation
        };
        let number = self.messages.iter().filter(own).count() as u32 + 1;
        MessageId { origin: NodeId(node as u32), incarnation, number }
    }

    /// Delivers what the node lacks, leaving out the first `skip` messages.
    fn deliver_next(&mut self, node: usize, skip: usize) -> bool {
        let lacks =
            |m: &usize| self.groups(node, self.messages[*m].1) && !self.delivered[node].contains(m);
        let next = (0..self.messages.len()).filter(lacks).nth(skip).filter(|_| self.up[node]);
        next.inspect(|m| self.deliver(node, *m, false)).is_some()
    }

    fn deliver(&mut self, node: usize, m: usize, corrupt: bool) {
        self.delivered[node].push(m);
        let slot = self.setup.slots.then_some(m as u64);
        self.facts.push((node, Fact::Deliver(self.messages[m].0, corrupt, slot)));
    }

    fn recover(&mut self, node: usize) {
        if !self.setup.recovery {
            return;
        }
        self.up[node] = true;
        self.incarnation[node] += 1;
        if !self.setup.logged {
            self.delivered[node] = (0..self.messages.len()).collect();
        }
        self.facts.push((node, Fact::Plain(Kind::Recover)));
    }

    fn snapshot(&mut self, node: usize) {
        self.delivered[node] = (0..self.messages.len()).collect();
        self.facts.push((node, Fact::Plain(Kind::StateSet)));
    }

    fn header(&self) -> Header {
        let names: Vec<String> = (1..=self.setup.nodes).map(|n| format!("n{n}")).collect();
        let mut header = Header::new(names.clone());
        if self.setup.two_groups {
            header.groups.insert("g".into(), names[..names.len() - 1].to_vec());
            header.groups.insert("h".into(), names[1..].to_vec());
            if self.setup.real {
                header.contract.group = GroupContract::Open;
            }
        }
        if self.setup.byzantine {
            header.byzantine = names.last().cloned().into_iter().collect();
        }
        if self.setup.recovery {
            header.failure_model = FailureModel::CrashRecovery;
        }
        if self.setup.logged {
            header.contract.delivery = DeliveryContract::Logged;
        }
        header.complete = self.setup.complete;
        header.clock = if self.setup.real { Clock::Real } else { Clock::Virtual };
        header
    }

    fn record(self) -> History {
        let mut recorder = Recorder::new(self.header());
        let (real, scattered) = (self.setup.real, self.setup.scattered);
        let mut facts: Vec<_> = self.facts.into_iter().enumerate().collect();
        if real && scattered {
            facts.sort_by_key(|(_, (node, _))| std::cmp::Reverse(*node));
        }
        for (at, (node, fact)) in facts {
            record(&mut recorder, Time(at as u64 / 2), NodeId(node as u32), fact);
        }
        recorder.into_history()
    }
}

fn record(recorder: &mut Recorder, at: Time, node: NodeId, fact: Fact) {
    let message = |id, corrupt: bool| Message { id, body: Body::new(&[u8::from(corrupt)]) };
    match fact {
        Fact::Broadcast(id, group) => {
            recorder.broadcast(at, node, &message(id, false), GroupId(group), None);
        }
        Fact::Return(id) => {
            recorder.broadcast_return(at, node, id, None);
        }
        Fact::Deliver(id, corrupt, slot) => {
            recorder.deliver(at, node, &message(id, corrupt), slot, None);
        }
        Fact::View(number) => {
            let view = ViewName { number, creator: None };
            let members = vec![node];
            let install =
                ViewInstall { view, members, primary: true, transitional: None, group: None };
            recorder.view(at, node, install, None);
        }
        Fact::Plain(kind) => {
            recorder.event(at, node, kind, Fields::new(), None);
        }
    }
}
