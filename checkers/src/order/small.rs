//! Small random histories for what the common ones seldom show: several groups, times, views,
//! optimistic deliveries, replicas and clients. Mostly orderly, with a few liberties.

use crate::crosscheck::Small;
use pepperland_core::history::{
    Clock, DeliveryContract, FailureModel, Header, History, Kind, Recorder, ViewInstall, ViewName,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Time;
use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Map as Fields, Value, json};

/// What may happen, and how often beside the rest.
pub struct Taste {
    /// In how many of a hundred histories there are two groups.
    pub groups: u32,
    /// In how many of a hundred nodes may recover.
    pub recovery: u32,
    /// In how many of a hundred every node delivers in the end what it lacks.
    pub settle: u32,
    /// In how many of a hundred every node installs the first view at once.
    pub viewed: u32,
    /// In how many of a hundred the clock is real.
    pub real: u32,
    /// Whether nodes deliver optimistically, and seldom forget to, before they deliver.
    pub hoping: bool,
    /// The weights of what happens besides broadcasts and deliveries in order.
    pub weights: &'static [(What, u32)],
}

/// One thing that happens.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum What {
    Broadcast,
    Return,
    /// Delivers the next message in the common order.
    Next,
    /// Delivers the next but one, as if the next had been overlooked.
    Skip,
    Any,
    Crash,
    Recover,
    /// Installs the node's next view, and seldom one that is not.
    View,
    /// Every node that is up delivers what it lacks, unless in a hurry, and installs one next view.
    Flush,
    Snapshot,
    /// Delivers optimistically, and seldom out of order.
    Opt,
    /// Executes the next operation of the common log, and seldom the next but one.
    Apply,
    Invoke,
    Respond,
    /// Takes a snapshot, or installs the last one taken anywhere.
    Transfer,
}

/// How a history is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    nodes: usize,
    two_groups: bool,
    byzantine: bool,
    recovery: bool,
    logged: bool,
    complete: bool,
    settle: bool,
    viewed: bool,
    slots: bool,
    real: bool,
    error: u64,
    hoping: bool,
}

/// One thing that happens, and numbers that are taken modulo whatever there is.
#[derive(Clone, Debug)]
pub struct Op {
    what: What,
    node: usize,
    pick: usize,
}

const MESSAGES: usize = 6;

/// Small histories to the taste.
pub fn histories(taste: &'static Taste) -> BoxedStrategy<Small> {
    let whats = [(What::Broadcast, 30), (What::Next, 50)];
    let whats = whats.into_iter().chain(taste.weights.iter().copied());
    let whats = whats.map(|(what, weight)| (weight, Just(what).boxed())).collect();
    let op = (Union::new_weighted(whats), 0..4_usize, 0..24_usize);
    let op = op.prop_map(|(what, node, pick)| Op { what, node, pick });
    let ops = prop::collection::vec(op, 0..40);
    (setup(taste), ops).prop_map(|(setup, ops)| Small(play(setup, &ops))).boxed()
}

fn setup(taste: &'static Taste) -> impl Strategy<Value = Setup> {
    let hoping = taste.hoping;
    let chance = |percent: u32| prop::bool::weighted(f64::from(percent) / 100.0);
    let first = (3..=4_usize, chance(taste.groups), chance(15), chance(taste.recovery));
    let second = (chance(20), chance(80), chance(taste.settle), chance(taste.viewed));
    let third = (chance(50), chance(taste.real), 0..6_u64);
    (first, second, third).prop_map(move |(first, second, third)| {
        let (nodes, two_groups, byzantine, recovery) = first;
        let (logged, complete, settle, viewed) = second;
        let (slots, real, error) = third;
        Setup {
            nodes,
            two_groups,
            byzantine,
            recovery,
            logged,
            complete,
            settle,
            viewed,
            slots,
            real,
            error,
            hoping,
        }
    })
}

struct Play {
    setup: Setup,
    recorder: Recorder,
    at: u64,
    messages: Vec<(MessageId, usize)>,
    up: Vec<bool>,
    incarnation: Vec<u32>,
    /// What each node remembers to have delivered, by place in `messages`.
    delivered: Vec<Vec<usize>>,
    hoped: Vec<Vec<usize>>,
    view: Vec<u64>,
    /// The operations of the common log, and those that each node has executed.
    log: Vec<Value>,
    applied: Vec<Vec<usize>>,
    /// For each client, whether it waits.
    waits: [bool; 2],
    /// Who took the last snapshot, when, and what it covers.
    taken: Option<(usize, u64, Vec<usize>)>,
}

fn play(setup: Setup, ops: &[Op]) -> History {
    let nodes = setup.nodes;
    let mut play = Play {
        recorder: Recorder::new(header(&setup)),
        at: 0,
        messages: Vec::new(),
        up: vec![true; nodes],
        incarnation: vec![0; nodes],
        delivered: vec![Vec::new(); nodes],
        hoped: vec![Vec::new(); nodes],
        view: vec![0; nodes],
        log: Vec::new(),
        applied: vec![Vec::new(); nodes],
        waits: [false; 2],
        taken: None,
        setup,
    };
    for node in 0..if play.setup.viewed { nodes } else { 0 } {
        play.view(node, 2);
    }
    ops.iter().for_each(|op| play.op(op));
    for node in 0..if play.setup.settle { nodes } else { 0 } {
        while play.deliver_next(node, 0) {}
    }
    if play.setup.viewed && play.setup.settle {
        play.flush(false);
    }
    play.recorder.into_history()
}

fn header(setup: &Setup) -> Header {
    let names: Vec<String> = (1..=setup.nodes).map(|n| format!("n{n}")).collect();
    let mut header = Header::new(names.clone());
    if setup.two_groups {
        header.groups.insert("g".into(), names[..names.len() - 1].to_vec());
        header.groups.insert("h".into(), names[1..].to_vec());
    }
    if setup.byzantine {
        header.byzantine = names.last().cloned().into_iter().collect();
    }
    if setup.recovery {
        header.failure_model = FailureModel::CrashRecovery;
    }
    if setup.logged {
        header.contract.delivery = DeliveryContract::Logged;
    }
    header.complete = setup.complete;
    header.clock = if setup.real { Clock::Real } else { Clock::Virtual };
    header.clock_error = Some(setup.error).filter(|error| *error > 0);
    header
}

impl Play {
    fn now(&mut self) -> Time {
        self.at += 1;
        Time(self.at / 2)
    }

    fn op(&mut self, op: &Op) {
        let (node, pick) = (op.node % self.setup.nodes, op.pick);
        if self.up[node] == (op.what == What::Recover) {
            return;
        }
        match op.what {
            What::Broadcast => self.broadcast(node, pick % 2),
            What::Return => self.finish(node),
            What::Next => drop(self.deliver_next(node, 0)),
            What::Skip => drop(self.deliver_next(node, 1)),
            What::Any if !self.messages.is_empty() => {
                self.deliver(node, pick % self.messages.len());
            }
            What::Any => {}
            What::Crash => {
                self.up[node] = false;
                self.plain(node, Kind::Crash, json!({}));
            }
            What::Recover => self.recover(node),
            What::View => self.view(node, pick),
            What::Flush => self.flush(pick.is_multiple_of(4)),
            What::Snapshot => self.set(node, json!({})),
            What::Opt => self.hope(node, usize::from(pick.is_multiple_of(6))),
            What::Apply => self.apply(node, pick),
            What::Invoke | What::Respond => self.client(op.what, node, pick),
            What::Transfer => self.transfer(node),
        }
    }

    fn plain(&mut self, node: usize, kind: Kind, fields: Value) {
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => Fields::new(),
        };
        let at = self.now();
        self.recorder.event(at, NodeId(node as u32), kind, fields, None);
    }

    fn is_for(&self, node: usize, group: usize) -> bool {
        let last = self.setup.nodes - 1;
        !self.setup.two_groups || if group == 0 { node < last } else { node > 0 }
    }

    fn broadcast(&mut self, node: usize, group: usize) {
        if self.messages.len() >= MESSAGES {
            return;
        }
        let group = if self.setup.two_groups { group } else { 0 };
        let incarnation = self.incarnation[node];
        let own = |(id, _): &&(MessageId, usize)| {
            id.origin.index() == node && id.incarnation == incarnation
        };
        let number = self.messages.iter().filter(own).count() as u32 + 1;
        let id = MessageId { origin: NodeId(node as u32), incarnation, number };
        self.messages.push((id, group));
        let at = self.now();
        let group = GroupId(group as u32);
        self.recorder.broadcast(at, NodeId(node as u32), &message(id), group, None);
    }

    fn finish(&mut self, node: usize) {
        let mut own = self.messages.iter().rev().map(|(id, _)| *id);
        if let Some(id) = own.find(|id| id.origin.index() == node) {
            let at = self.now();
            self.recorder.broadcast_return(at, NodeId(node as u32), id, None);
        }
    }

    fn lacks(&self, node: usize, has: &[usize], skip: usize) -> Option<usize> {
        let lacks = |m: &usize| self.is_for(node, self.messages[*m].1) && !has.contains(m);
        (0..self.messages.len()).filter(lacks).nth(skip).filter(|_| self.up[node])
    }

    /// Delivers what the node lacks, leaving out the first `skip` messages.
    fn deliver_next(&mut self, node: usize, skip: usize) -> bool {
        let next = self.lacks(node, &self.delivered[node], skip);
        next.inspect(|m| self.deliver(node, *m)).is_some()
    }

    fn deliver(&mut self, node: usize, m: usize) {
        if self.setup.hoping && !self.hoped[node].contains(&m) && !self.at.is_multiple_of(16) {
            self.hope_for(node, m);
        }
        self.delivered[node].push(m);
        let (slot, at) = (self.setup.slots.then_some(m as u64), self.now());
        let message = message(self.messages[m].0);
        self.recorder.deliver(at, NodeId(node as u32), &message, slot, None);
    }

    fn hope(&mut self, node: usize, skip: usize) {
        if let Some(m) = self.lacks(node, &self.hoped[node], skip) {
            self.hope_for(node, m);
        }
    }

    fn hope_for(&mut self, node: usize, m: usize) {
        self.hoped[node].push(m);
        let at = self.now();
        self.recorder.opt_deliver(at, NodeId(node as u32), self.messages[m].0, None);
    }

    fn recover(&mut self, node: usize) {
        if !self.setup.recovery {
            return;
        }
        self.up[node] = true;
        self.incarnation[node] += 1;
        if !self.setup.logged {
            self.hoped[node].clear();
            self.delivered[node] = (0..self.messages.len()).collect();
            self.applied[node] = (0..self.log.len()).collect();
        }
        self.plain(node, Kind::Recover, json!({}));
    }

    fn set(&mut self, node: usize, fields: Value) {
        self.delivered[node] = (0..self.messages.len()).collect();
        self.plain(node, Kind::StateSet, fields);
    }

    /// A quarter of the snapshots that are installed were taken by somebody else.
    fn transfer(&mut self, node: usize) {
        match self.taken.take() {
            Some((from, hash, covered)) if from != node => {
                let from = format!("n{}", from + 1);
                self.delivered[node].extend(covered);
                self.plain(node, Kind::StateSet, json!({"from": from, "hash": hash.to_string()}));
            }
            _ => {
                let hash = self.at;
                self.plain(node, Kind::StateGet, json!({"hash": hash.to_string()}));
                self.taken = Some((node, hash, self.delivered[node].clone()));
            }
        }
    }

    fn view(&mut self, node: usize, pick: usize) {
        self.view[node] += if pick == 1 { 2 } else { 1 };
        let creator = (pick == 0).then(|| format!("n{}", node + 1).into());
        let view = ViewName { number: self.view[node], creator };
        let members = NodeId::first(self.setup.nodes).collect();
        let install = ViewInstall { view, members, primary: true, transitional: None, group: None };
        let at = self.now();
        self.recorder.view(at, NodeId(node as u32), install, None);
    }

    fn flush(&mut self, hurry: bool) {
        let next = self.view.iter().max().copied().unwrap_or(0);
        for node in (0..self.setup.nodes).filter(|node| self.up[*node]).collect::<Vec<_>>() {
            while !hurry && self.deliver_next(node, 0) {}
            self.view[node] = next;
            self.view(node, 2);
        }
    }

    fn apply(&mut self, node: usize, pick: usize) {
        let left: Vec<usize> =
            (0..self.log.len()).filter(|slot| !self.applied[node].contains(slot)).collect();
        let skip = usize::from(pick.is_multiple_of(6));
        let slot = left.get(skip).copied().unwrap_or(self.log.len());
        if slot == self.log.len() {
            let f = if pick.is_multiple_of(3) { "read" } else { "write" };
            self.log.push(json!({"f": f, "key": pick % 2}));
        }
        self.applied[node].push(slot);
        let op = self.log[slot].clone();
        self.plain(node, Kind::Apply, json!({"slot": slot, "op": op}));
    }

    fn client(&mut self, what: What, node: usize, pick: usize) {
        let client = pick % 2;
        if self.waits[client] != (what == What::Respond) {
            return;
        }
        self.waits[client] = !self.waits[client];
        let name = format!("c{client}");
        if what == What::Invoke {
            self.plain(node, Kind::Invoke, json!({"client": name, "op": {"f": "read"}}));
        } else {
            let fields = json!({"client": name, "result": {"f": "read_ok"}, "status": "ok"});
            self.plain(node, Kind::Response, fields);
        }
    }
}

fn message(id: MessageId) -> Message {
    Message { id, body: Body::new(&[0]) }
}

/// A complete history of three nodes on a virtual clock, from the lines of its events.
pub fn run(events: &str) -> History {
    let nodes = ["n1", "n2", "n3"];
    let header = json!({"format": "pepperland.history", "version": 1, "nodes": nodes,
        "clock": "virtual", "complete": true});
    let file = format!("{header}\n{}\n", events.trim());
    History::read(file.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}
