//! Small histories of overlapping groups: mostly in one order, with a few liberties, and frames
//! that mostly go where they belong.

use crate::crosscheck::Small;
use pepperland_core::history::lanes::parse;
use pepperland_core::history::{
    Clock, DeliveryContract, FailureModel, GroupContract, Header, History, Kind, Recorder,
    Transmission, ViewInstall, ViewName,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::Map as Fields;

fn header(groups: &[&str]) -> Header {
    let mut header = Header::new(Vec::new());
    (header.clock, header.complete) = (Clock::Virtual, true);
    for group in groups {
        let (name, members) = group.split_once(':').expect("a name and members");
        let members = members.split(',').map(|n| format!("n{n}")).collect();
        header.groups.insert(name.to_owned(), members);
    }
    header
}

/// The history in a picture, with groups like `g:1,2`.
pub fn in_groups(groups: &[&str], picture: &str) -> History {
    parse(picture, header(groups)).unwrap_or_else(|e| panic!("{e}"))
}

/// The same, where nodes restart and forget.
pub fn in_groups_with_restarts(groups: &[&str], picture: &str) -> History {
    let header = Header { failure_model: FailureModel::CrashRecovery, ..header(groups) };
    parse(picture, header).unwrap_or_else(|e| panic!("{e}"))
}

/// The same, where anybody may multicast to a group.
pub fn in_open_groups(groups: &[&str], picture: &str) -> History {
    let mut header = header(groups);
    header.contract.group = GroupContract::Open;
    parse(picture, header).unwrap_or_else(|e| panic!("{e}"))
}

/// A history of three nodes from lines of JSON without times, in which ' stands for ".
pub fn frames_of(groups: &str, about: &str, lines: &str) -> History {
    let start = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2","n3"],"#;
    let mut file = format!("{start}{about}\"clock\":\"virtual\",\"groups\":{groups}}}\n");
    for (at, line) in lines.lines().filter(|line| !line.trim().is_empty()).enumerate() {
        let line = line.trim().replace('\'', "\"");
        file.push_str(&format!("{{\"t\":{at},{}\n", &line[1..]));
    }
    History::read(file.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

/// An empty history of so many nodes.
pub fn recorder(nodes: usize) -> Recorder {
    Recorder::new(Header::new((1..=nodes).map(|n| format!("n{n}")).collect()))
}

/// The node delivers a message of the first node.
pub fn deliver(recorder: &mut Recorder, node: usize, number: u32) {
    let id = MessageId { origin: NodeId(0), incarnation: 0, number };
    let message = Message { id, ..Message::default() };
    recorder.deliver(Time::ZERO, NodeId(node as u32), &message, None, None);
}

/// Frames from nowhere to nowhere, with messages of nobody, of a group that is not there, and of
/// one that was broadcast twice.
pub fn frames_without_sense() -> History {
    let nodes = (1..=3).map(|n| format!("n{n}")).collect();
    let mut recorder = Recorder::new(Header { nodes, ..header(&["g:1,2", "h:2,7"]) });
    let id = |origin, number| MessageId { origin: NodeId(origin), incarnation: 0, number };
    for (node, group) in [(0, 9), (5, 0), (0, 0)] {
        let message = Message { id: id(node, 1), ..Message::default() };
        recorder.broadcast(Time::ZERO, NodeId(node), &message, GroupId(group), None);
    }
    let ids = [id(0, 1), id(5, 1), id(1, 7), id(u32::MAX, 0)];
    let rows: Vec<u32> = ids.into_iter().map(|id| recorder.row(id)).collect();
    for node in [0, 1, 50, u32::MAX] {
        for (peer, kind) in [(0, Kind::Send), (77, Kind::Send), (1, Kind::Recv), (77, Kind::Recv)] {
            let mut frame = Transmission::new(NodeId(peer), u64::MAX);
            frame.messages = rows.iter().copied().chain([1000, u32::MAX]).collect();
            recorder.transmission(Time::ZERO, NodeId(node), kind, frame, None);
        }
    }
    recorder.into_history()
}

/// Which groups there are; the last of these layouts leaves the last node out of everything.
const LAYOUTS: [&[&str]; 5] = [
    &["f:1,2", "g:2,3", "h:1,3"],
    &["g:1,2,3", "h:2,3,4"],
    &["g:1,2,3,4"],
    &["f:1,2,3,4", "g:1,2", "h:2,3"],
    &["g:1,2", "h:1,2,3"],
];

#[derive(Clone, Debug)]
struct Setup {
    layout: usize,
    byzantine: bool,
    recovery: bool,
    logged: bool,
    real: bool,
    scattered: bool,
    open: bool,
    control: bool,
    /// One node delivers the newest first.
    backwards: bool,
    /// Senders deliver what they send at once.
    hasty: bool,
}

#[derive(Clone, Debug)]
enum Op {
    Broadcast(usize, usize),
    /// Multicasts to a group that the node need not be in.
    Intrude(usize, usize),
    /// Delivers the next message in the common order, but for so many.
    Next(usize, usize),
    Any(usize, usize),
    Stranger(usize),
    Crash(usize),
    Recover(usize),
    View(usize, u64),
    Snapshot(usize),
    /// A frame with a message, or two, to a destination.
    Send(usize, usize, usize, bool),
    /// The same to anybody, or from somebody who sent nothing.
    Stray(usize, usize, usize, Kind),
    Beat(usize, usize, bool),
}

fn setup() -> impl Strategy<Value = Setup> {
    let rare = || prop::bool::weighted(0.2);
    let often = || prop::bool::weighted(0.5);
    let first = (0..LAYOUTS.len(), rare(), rare(), rare(), rare());
    let second = (often(), rare(), often(), often(), rare());
    (first, second).prop_map(|(first, second)| {
        let (layout, byzantine, recovery, logged, real) = first;
        let (scattered, open, control, backwards, hasty) = second;
        Setup {
            layout,
            byzantine,
            recovery,
            logged,
            real,
            scattered,
            open,
            control,
            backwards,
            hasty,
        }
    })
}

/// Broadcasts and deliveries so often, against frames so often.
fn op(order: u32, frames: u32) -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    let message = || 0..6_usize;
    let kind = prop::sample::select(vec![Kind::Send, Kind::Recv, Kind::Recv, Kind::Corrupt]);
    prop_oneof![
        24 => (node(), 0..3_usize).prop_map(|(n, g)| Op::Broadcast(n, g)),
        6 => (node(), 0..3_usize).prop_map(|(n, g)| Op::Intrude(n, g)),
        40 * order => node().prop_map(|n| Op::Next(n, 0)),
        3 * order => (node(), 1..3_usize).prop_map(|(n, skip)| Op::Next(n, skip)),
        3 * order => (node(), message()).prop_map(|(n, m)| Op::Any(n, m)),
        1 => node().prop_map(Op::Stranger),
        2 => node().prop_map(Op::Crash),
        5 => node().prop_map(Op::Recover),
        1 => (node(), 1..4_u64).prop_map(|(n, v)| Op::View(n, v)),
        1 => node().prop_map(Op::Snapshot),
        10 * frames => (node(), node(), message(), prop::bool::weighted(0.2))
            .prop_map(|(n, to, m, two)| Op::Send(n, to, m, two)),
        4 * frames => (node(), node(), message(), kind)
            .prop_map(|(n, to, m, kind)| Op::Stray(n, to, m, kind)),
        3 * frames => (node(), node(), prop::bool::weighted(0.4))
            .prop_map(|(n, to, data)| Op::Beat(n, to, data)),
    ]
}

/// Any small history of groups.
pub fn deliveries() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(6, 1), 0..70);
    (setup(), ops).prop_map(|(setup, ops)| Small(Play::new(setup).all(&ops))).boxed()
}

/// The same with frames.
pub fn traffic() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(1, 4), 0..30);
    (setup(), ops).prop_map(|(setup, ops)| Small(Play::new(setup).all(&ops))).boxed()
}

enum Fact {
    Broadcast(MessageId, usize),
    Deliver(MessageId),
    View(u64),
    Plain(Kind),
    Frame(Kind, NodeId, Vec<MessageId>, &'static str),
}

struct Play {
    setup: Setup,
    header: Header,
    /// The members of each group.
    groups: Vec<Vec<usize>>,
    facts: Vec<(usize, Fact)>,
    messages: Vec<(MessageId, usize)>,
    up: [bool; 4],
    incarnation: [u32; 4],
    delivered: [Vec<usize>; 4],
}

impl Play {
    fn new(setup: Setup) -> Play {
        let mut header = header(LAYOUTS[setup.layout]);
        header.nodes = (1..=4).map(|n| format!("n{n}")).collect();
        let number = |name: &String| header.nodes.iter().position(|n| n == name).unwrap_or(0);
        let groups = header.groups.values();
        let groups = groups.map(|members| members.iter().map(number).collect()).collect();
        if setup.byzantine {
            header.byzantine = vec!["n3".to_owned()];
        }
        if setup.recovery {
            header.failure_model = FailureModel::CrashRecovery;
        }
        if setup.logged {
            header.contract.delivery = DeliveryContract::Logged;
        }
        if setup.real {
            header.clock = Clock::Real;
        }
        if setup.open {
            header.contract.group = GroupContract::Open;
        }
        if setup.control {
            header.about.insert("control".to_owned(), serde_json::json!(["beat"]));
        }
        let (up, incarnation) = ([true; 4], [0; 4]);
        let (facts, messages, delivered) = (Vec::new(), Vec::new(), Default::default());
        Play { setup, header, groups, facts, messages, up, incarnation, delivered }
    }

    fn all(mut self, ops: &[Op]) -> History {
        ops.iter().for_each(|op| self.op(op));
        let mut recorder = Recorder::new(self.header);
        let mut facts: Vec<_> = self.facts.into_iter().enumerate().collect();
        if self.setup.real && self.setup.scattered {
            facts.sort_by_key(|(_, (node, _))| std::cmp::Reverse(*node));
        }
        for (at, (node, fact)) in facts {
            record(&mut recorder, Time(at as u64 / 2), NodeId(node as u32), fact, at as u64);
        }
        recorder.into_history()
    }

    fn op(&mut self, op: &Op) {
        let (Op::Broadcast(node, _)
        | Op::Intrude(node, _)
        | Op::Next(node, _)
        | Op::Any(node, _)
        | Op::Stranger(node)
        | Op::Crash(node)
        | Op::Recover(node)
        | Op::View(node, _)
        | Op::Snapshot(node)
        | Op::Send(node, ..)
        | Op::Stray(node, ..)
        | Op::Beat(node, ..)) = *op;
        if self.up[node] == matches!(op, Op::Recover(_)) {
            return;
        }
        let any = |m: usize| self.messages.get(m % self.messages.len().max(1)).copied();
        let fact = match *op {
            Op::Broadcast(_, g) | Op::Intrude(_, g) => {
                return self.broadcast(node, g, matches!(op, Op::Intrude(..)));
            }
            Op::Next(_, skip) => return self.deliver_next(node, skip),
            Op::Any(_, m) => any(m).map(|(id, _)| Fact::Deliver(id)),
            Op::Stranger(_) => {
                let id = MessageId { origin: NodeId(1), incarnation: 0, number: 9 };
                Some(Fact::Deliver(id))
            }
            Op::Crash(_) => {
                self.up[node] = false;
                Some(Fact::Plain(Kind::Crash))
            }
            Op::Recover(_) => return self.recover(node),
            Op::View(_, number) => Some(Fact::View(number)),
            Op::Snapshot(_) => {
                self.delivered[node] = (0..self.messages.len()).collect();
                Some(Fact::Plain(Kind::StateSet))
            }
            Op::Send(_, to, m, two) => return self.send(node, to, m, two),
            Op::Stray(_, to, m, kind) => {
                let peer = NodeId(to as u32);
                any(m).map(|(id, _)| Fact::Frame(kind, peer, vec![id], "data"))
            }
            Op::Beat(_, to, data) => {
                let label = if data { "data" } else { "beat" };
                Some(Fact::Frame(Kind::Send, NodeId(to as u32), Vec::new(), label))
            }
        };
        self.facts.extend(fact.map(|fact| (node, fact)));
    }

    fn broadcast(&mut self, node: usize, group: usize, intrudes: bool) {
        let group = group % self.groups.len();
        if self.messages.len() == 6 || !intrudes && !self.groups[group].contains(&node) {
            return;
        }
        let (origin, incarnation) = (NodeId(node as u32), self.incarnation[node]);
        let own =
            |(id, _): &&(MessageId, usize)| id.origin == origin && id.incarnation == incarnation;
        let number = self.messages.iter().filter(own).count() as u32 + 1;
        let id = MessageId { origin, incarnation, number };
        self.messages.push((id, group));
        self.facts.push((node, Fact::Broadcast(id, group)));
        if self.setup.hasty && self.groups[group].contains(&node) {
            self.delivered[node].push(self.messages.len() - 1);
            self.facts.push((node, Fact::Deliver(id)));
        }
    }

    fn deliver_next(&mut self, node: usize, skip: usize) {
        let lacks = |m: &usize| {
            let group = &self.groups[self.messages[*m].1];
            group.contains(&node) && !self.delivered[node].contains(m)
        };
        let mut missing: Vec<usize> = (0..self.messages.len()).filter(lacks).collect();
        if self.setup.backwards && node == 1 {
            missing.reverse();
        }
        if let Some(m) = missing.get(skip).copied() {
            self.delivered[node].push(m);
            self.facts.push((node, Fact::Deliver(self.messages[m].0)));
        }
    }

    fn recover(&mut self, node: usize) {
        if self.setup.recovery {
            self.up[node] = true;
            self.incarnation[node] += 1;
            if !self.setup.logged {
                self.delivered[node] = (0..self.messages.len()).collect();
            }
            self.facts.push((node, Fact::Plain(Kind::Recover)));
        }
    }

    /// Sends a message, if the two nodes have to do with it; and a second one, perhaps.
    fn send(&mut self, node: usize, to: usize, m: usize, two: bool) {
        let concerns = |(id, group): &(MessageId, usize), node: usize| {
            id.origin.index() == node || self.groups[*group].contains(&node)
        };
        let mut messages: Vec<&(MessageId, usize)> = self.messages.iter().collect();
        messages.retain(|message| concerns(message, node) && concerns(message, to));
        if messages.is_empty() {
            return;
        }
        let mut ids = vec![messages[m % messages.len()].0];
        ids.extend(self.messages.last().filter(|_| two).map(|(id, _)| *id));
        self.facts.push((node, Fact::Frame(Kind::Send, NodeId(to as u32), ids, "data")));
    }
}

fn record(recorder: &mut Recorder, at: Time, node: NodeId, fact: Fact, x: u64) {
    let message = |id| Message { id, ..Message::default() };
    match fact {
        Fact::Broadcast(id, group) => {
            recorder.broadcast(at, node, &message(id), GroupId(group as u32), None);
        }
        Fact::Deliver(id) => {
            recorder.deliver(at, node, &message(id), None, None);
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
        Fact::Frame(kind, peer, ids, label) => {
            let messages = ids.into_iter().map(|id| recorder.row(id)).collect();
            // Some frames have one number: their sends and receipts belong together.
            let mut frame = Transmission::new(peer, x % 16);
            (frame.messages, frame.label) = (messages, Some(label.into()));
            frame.incoming = kind != Kind::Send;
            recorder.transmission(at, node, kind, frame, None);
        }
    }
}
