//! Playing the things that happen, and writing them down.

use super::{Change, Op, Setup, Slip};
use pepperland_core::history::{
    Clock, DeliveryContract, FailureModel, GroupContract, Header, History, Kind, NONE,
    PartitionContract, Place, Recorder, ViewInstall, ViewName,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::time::Time;
use serde_json::{Map as Fields, Value, json};

/// More would make histories that nobody can read.
const MESSAGES: usize = 8;

/// What is to be recorded.
enum Fact {
    Broadcast(usize),
    Return(usize),
    Deliver(MessageId, Option<ViewName>, usize),
    View(ViewInstall),
    Other(Kind, Option<MessageId>, Fields<String, Value>),
}

struct Sent {
    id: MessageId,
    group: usize,
    /// The view its sender stood in.
    view: Option<usize>,
}

#[derive(Clone)]
struct View {
    name: ViewName,
    group: usize,
    members: Vec<usize>,
    primary: bool,
}

/// What a node stands in and remembers.
#[derive(Clone, Default)]
struct Node {
    down: bool,
    incarnation: u32,
    sent: u32,
    /// Its view in each group.
    view: [Option<usize>; 2],
    /// By place in `messages`.
    delivered: Vec<usize>,
}

/// A history in the making.
pub struct Play {
    setup: Setup,
    facts: Vec<(usize, Fact)>,
    messages: Vec<Sent>,
    views: Vec<View>,
    nodes: Vec<Node>,
    /// Which members each node gave a view of a group when it first installed it.
    named: Vec<(usize, usize, ViewName, Vec<usize>)>,
}

impl Play {
    /// With the first views installed.
    pub fn new(setup: Setup) -> Play {
        let nodes = vec![Node::default(); setup.nodes];
        let mut play =
            Play { setup, facts: vec![], messages: vec![], views: vec![], nodes, named: vec![] };
        for group in 0..play.groups() {
            let members = (group..play.setup.founders).collect();
            play.agree(group, members, 1, true);
            for node in group..play.setup.founders {
                play.install(node, play.views.len() - 1, None);
            }
        }
        play
    }

    /// What comes of these.
    pub fn play(mut self, ops: &[Op]) -> History {
        ops.iter().for_each(|op| self.op(*op));
        if self.setup.settle {
            for group in 0..self.groups() {
                for node in 0..self.setup.nodes {
                    while self.next(node, group) {}
                }
            }
        }
        self.record()
    }

    fn groups(&self) -> usize {
        1 + usize::from(self.setup.two_groups)
    }

    fn op(&mut self, op: Op) {
        let (Op::Broadcast(node, _)
        | Op::Return(node)
        | Op::Next(node, _)
        | Op::Any(node, _)
        | Op::Stated(node, _)
        | Op::Stranger(node)
        | Op::Safe(node, _)
        | Op::Change(node, ..)
        | Op::Stale(node, _)
        | Op::Snapshot(node)
        | Op::Block(node)
        | Op::Crash(node)
        | Op::Recover(node)) = op;
        let node = node % self.setup.nodes;
        if self.nodes[node].down != matches!(op, Op::Recover(_)) {
            return;
        }
        let message =
            |play: &Play, m: usize| (!play.messages.is_empty()).then(|| m % play.messages.len());
        match op {
            Op::Broadcast(_, group) => self.broadcast(node, group % self.groups()),
            Op::Return(_) => {
                let own = self.messages.iter().rposition(|m| m.id.origin.index() == node);
                own.into_iter().for_each(|m| self.facts.push((node, Fact::Return(m))));
            }
            Op::Next(_, group) => drop(self.next(node, group % self.groups())),
            Op::Any(_, m) => message(self, m).into_iter().for_each(|m| self.deliver(node, m)),
            Op::Stated(_, m) => self.stated(node, m),
            Op::Stranger(_) => {
                let id = MessageId { origin: NodeId(0), incarnation: 0, number: 99 };
                self.facts.push((node, Fact::Deliver(id, None, 0)));
            }
            Op::Safe(_, m) => {
                let id = message(self, m).map(|m| self.messages[m].id);
                id.into_iter().for_each(|id| self.other(node, Kind::Safe, Some(id), json!({})));
            }
            Op::Change(_, group, change, slip) => {
                self.change(node, group % self.groups(), change, slip);
            }
            Op::Stale(_, view) => self.install(node, view % self.views.len(), None),
            Op::Snapshot(_) => self.snapshot(node, (node + 1) % self.setup.nodes, 0),
            Op::Block(_) => self.block(node, 0),
            Op::Crash(_) => {
                self.nodes[node].down = true;
                self.other(node, Kind::Crash, None, json!({}));
            }
            Op::Recover(_) => self.recover(node),
        }
    }

    fn other(&mut self, node: usize, kind: Kind, message: Option<MessageId>, fields: Value) {
        let fields = fields.as_object().cloned().unwrap_or_default();
        self.facts.push((node, Fact::Other(kind, message, fields)));
    }

    fn broadcast(&mut self, node: usize, group: usize) {
        if self.messages.len() >= MESSAGES || node < group {
            return;
        }
        let sender = &mut self.nodes[node];
        sender.sent += 1;
        let (incarnation, number) = (sender.incarnation, sender.sent);
        let id = MessageId { origin: NodeId(node as u32), incarnation, number };
        self.messages.push(Sent { id, group, view: sender.view[group] });
        self.facts.push((node, Fact::Broadcast(self.messages.len() - 1)));
    }

    /// Delivers what the node lacks of its view.
    fn next(&mut self, node: usize, group: usize) -> bool {
        let here = &self.nodes[node];
        let owed = |m: &usize| {
            let sent = &self.messages[*m];
            let same = sent.group == group && sent.view == here.view[group];
            same && sent.view.is_some() && !here.delivered.contains(m)
        };
        let next = (0..self.messages.len()).find(owed).filter(|_| !here.down);
        next.inspect(|m| self.deliver(node, *m)).is_some()
    }

    fn deliver(&mut self, node: usize, m: usize) {
        self.nodes[node].delivered.push(m);
        let Sent { id, group, .. } = self.messages[m];
        let view = self.nodes[node].view[group].filter(|_| self.setup.stated);
        let view = view.map(|view| self.views[view].name.clone());
        self.facts.push((node, Fact::Deliver(id, view, group)));
    }

    fn stated(&mut self, node: usize, m: usize) {
        if self.messages.is_empty() {
            return;
        }
        let m = m % self.messages.len();
        self.nodes[node].delivered.push(m);
        let Sent { id, group, .. } = self.messages[m];
        let name = self.views[m % self.views.len()].name.clone();
        self.facts.push((node, Fact::Deliver(id, Some(name), group)));
    }

    fn block(&mut self, node: usize, group: usize) {
        let view = self.nodes[node].view[group].map(|v| self.views[v].name.to_string());
        let fields = view.map_or(json!({}), |view| json!({"view": view}));
        self.other(node, Kind::Block, None, fields.clone());
        self.other(node, Kind::BlockOk, None, fields);
    }

    fn snapshot(&mut self, node: usize, from: usize, group: usize) {
        let set = self.nodes[from].delivered.clone();
        let names = set.iter().map(|m| {
            let MessageId { origin, incarnation, number } = self.messages[*m].id;
            format!("n{}:{incarnation}:{number}", origin.0 + 1)
        });
        let mut fields =
            json!({"from": format!("n{}", from + 1), "set": names.collect::<Vec<_>>()});
        if let Some(view) = self.nodes[node].view[group] {
            fields["view"] = self.views[view].name.to_string().into();
        }
        self.other(node, Kind::StateSet, None, fields);
        self.nodes[node].delivered.extend(set);
    }

    fn recover(&mut self, node: usize) {
        if !self.setup.recovery {
            return;
        }
        let logged = self.setup.logged;
        let here = &mut self.nodes[node];
        let delivered = if logged { here.delivered.clone() } else { Vec::new() };
        let view = if logged { here.view } else { [None; 2] };
        let incarnation = here.incarnation + 1;
        *here = Node { incarnation, view, delivered, ..Node::default() };
        self.other(node, Kind::Recover, None, json!({}));
    }

    fn agree(&mut self, group: usize, members: Vec<usize>, number: u64, primary: bool) {
        let creator = members.first().filter(|_| self.setup.creators);
        let creator = creator.map(|n| format!("n{}", n + 1).into());
        let name = ViewName { number, creator };
        self.views.push(View { name, group, members, primary });
    }

    fn change(&mut self, node: usize, group: usize, change: Change, slip: Option<Slip>) {
        let Some(old) = self.nodes[node].view[group] else { return };
        let up = |n: &usize| *n >= group && !self.nodes[*n].down;
        let all: Vec<usize> = (0..self.setup.nodes).filter(up).collect();
        let beside = |n: usize, view| self.nodes[n].view[group] == Some(view);
        let here: Vec<usize> = all.iter().copied().filter(|n| beside(*n, old)).collect();
        let (stay, part): (Vec<usize>, Vec<usize>) = match change {
            Change::Again => (here, Vec::new()),
            Change::Drop(other) => (here.into_iter().filter(|n| *n != other).collect(), Vec::new()),
            Change::Admit(other) => {
                let other = other % self.setup.nodes;
                let theirs = self.nodes[other].view[group];
                let comes = |n: &usize| {
                    *n == other || here.contains(n) || theirs.is_some_and(|v| beside(*n, v))
                };
                (all.into_iter().filter(comes).collect(), Vec::new())
            }
            Change::Split(mask) => here.into_iter().partition(|n| mask >> n & 1 == 1),
        };
        let highest = self.views.iter().map(|v| v.name.number).max().unwrap_or(0);
        let number = match slip {
            Some(Slip::Repeat) => self.views[old].name.number,
            Some(Slip::Jump | Slip::Detour(_)) => highest + 2,
            _ => highest + 1,
        };
        let mut number = number;
        for members in [stay, part].into_iter().filter(|members| !members.is_empty()) {
            self.move_to(old, group, members, number, slip);
            let same = self.setup.creators || matches!(slip, Some(Slip::Primaries));
            number += u64::from(!same);
        }
    }

    /// Flushes, and installs the view of these members.
    fn move_to(
        &mut self,
        old: usize,
        group: usize,
        members: Vec<usize>,
        number: u64,
        slip: Option<Slip>,
    ) {
        let before = &self.views[old];
        let known = members.iter().filter(|m| before.members.contains(m)).count();
        let majority = before.primary && 2 * known > before.members.len();
        self.agree(
            group,
            members.clone(),
            number,
            majority || matches!(slip, Some(Slip::Primaries)),
        );
        let view = self.views.len() - 1;
        let blocked = if self.setup.blocks { members.clone() } else { Vec::new() };
        blocked.into_iter().for_each(|node| self.block(node, group));
        let from: Vec<Option<usize>> = self.nodes.iter().map(|n| n.view[group]).collect();
        let flush: Vec<(usize, usize)> = members
            .iter()
            .flat_map(|n| self.unstable(*n, group, &members).into_iter().map(|m| (*n, m)))
            .collect();
        for (node, m) in flush {
            if !matches!(slip, Some(Slip::NoFlush(n)) if n == node) {
                self.deliver(node, m);
            }
        }
        for node in members {
            if matches!(slip, Some(Slip::Detour(n)) if n == node) {
                self.agree(group, vec![node], number - 1, false);
                self.install(node, self.views.len() - 1, None);
            }
            if matches!(slip, Some(Slip::Absent(n)) if n == node) {
                continue;
            }
            self.install(node, view, slip);
            if matches!(slip, Some(Slip::Late(n)) if n == node) {
                let left = |m: &usize| {
                    self.messages[*m].view == Some(old) && !self.nodes[node].delivered.contains(m)
                };
                let left: Vec<usize> = (0..self.messages.len()).filter(left).collect();
                left.into_iter().for_each(|m| self.deliver(node, m));
            }
            let stranger = from[node] != Some(old);
            let donor = self.views[view].members.iter().copied().find(|n| from[*n] == Some(old));
            if let Some(donor) = donor.filter(|_| stranger && self.setup.snapshots) {
                self.snapshot(node, donor, group);
            }
        }
    }

    /// What the node must deliver before it leaves its view for one of these members.
    fn unstable(&self, node: usize, group: usize, members: &[usize]) -> Vec<usize> {
        let view = self.nodes[node].view[group];
        let along: Vec<usize> =
            members.iter().copied().filter(|n| self.nodes[*n].view[group] == view).collect();
        let sent_by = |m: &Sent| along.contains(&m.id.origin.index());
        let known = |m: usize| along.iter().any(|n| self.nodes[*n].delivered.contains(&m));
        let owed = |m: &usize| {
            let sent = &self.messages[*m];
            let here = view.is_some() && sent.view == view && sent.group == group;
            here && (sent_by(sent) || known(*m)) && !self.nodes[node].delivered.contains(m)
        };
        (0..self.messages.len()).filter(owed).collect()
    }

    fn install(&mut self, node: usize, view: usize, slip: Option<Slip>) {
        let View { name, group, mut members, mut primary } = self.views[view].clone();
        let old = self.nodes[node].view[group];
        let along = |n: &usize| old.is_some() && self.nodes[*n].view[group] == old || *n == node;
        // Those that installed before this one have left the old view already.
        let gone = |n: &usize| old.is_some_and(|v| self.views[v].members.contains(n));
        let mut came: Vec<usize> =
            members.iter().copied().filter(|n| along(n) || gone(n)).collect();
        match slip {
            Some(Slip::Forge(n)) if n == node => members.push((node + 1) % self.setup.nodes),
            Some(Slip::Selfless(n)) if n == node => members.retain(|m| *m != node),
            Some(Slip::Flag(n)) if n == node => primary = !primary,
            Some(Slip::Along(n)) if n == node => drop(came.pop()),
            _ => {}
        }
        members.sort_unstable();
        members.dedup();
        // A node that names one view twice names the same members: a rule of the format.
        let named = self.named.iter().find(|(n, g, v, _)| (*n, *g, v) == (node, group, &name));
        match named {
            Some((.., first)) => members.clone_from(first),
            None => self.named.push((node, group, name.clone(), members.clone())),
        }
        let ids = |nodes: Vec<usize>| nodes.into_iter().map(|n| NodeId(n as u32)).collect();
        let transitional = self.setup.transitional.then(|| ids(came));
        let group_stated = self.setup.two_groups.then_some(group as u32);
        let install = ViewInstall {
            view: name,
            members: ids(members),
            primary,
            transitional,
            group: group_stated,
        };
        self.facts.push((node, Fact::View(install)));
        self.nodes[node].view[group] = Some(view);
    }

    fn record(self) -> History {
        let mut recorder = Recorder::new(header(&self.setup));
        let sorted = self.setup.real && self.setup.scattered;
        let mut facts: Vec<_> = self.facts.into_iter().enumerate().collect();
        if sorted {
            facts.sort_by_key(|(_, (node, _))| std::cmp::Reverse(*node));
        }
        for (at, (node, fact)) in facts {
            let sent = |m: usize| (self.messages[m].id, self.messages[m].group);
            record(&mut recorder, Time(at as u64 / 2), NodeId(node as u32), fact, sent);
        }
        recorder.into_history()
    }
}

fn header(setup: &Setup) -> Header {
    let names: Vec<String> = (1..=setup.nodes).map(|n| format!("n{n}")).collect();
    let mut header = Header::new(names.clone());
    if setup.two_groups {
        header.groups.insert("g".into(), names.clone());
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
    if setup.partitionable {
        header.contract.partition = PartitionContract::Partitionable;
    }
    if setup.open {
        header.contract.group = GroupContract::Open;
    }
    header.complete = setup.complete;
    header.clock = if setup.real { Clock::Real } else { Clock::Virtual };
    header
}

fn record(
    recorder: &mut Recorder,
    at: Time,
    node: NodeId,
    fact: Fact,
    sent: impl Fn(usize) -> (MessageId, usize),
) {
    match fact {
        Fact::Broadcast(m) => {
            let (id, group) = sent(m);
            recorder.broadcast(at, node, &message(id), GroupId(group as u32), None);
        }
        Fact::Return(m) => {
            recorder.broadcast_return(at, node, sent(m).0, None);
        }
        Fact::Deliver(id, None, _) => {
            recorder.deliver(at, node, &message(id), None, None);
        }
        Fact::Deliver(id, view, group) => {
            let place = Place { slot: None, view, group: Some(group as u32) };
            recorder.deliver_at(at, node, &message(id), place, None);
        }
        Fact::View(install) => {
            recorder.view(at, node, install, None);
        }
        Fact::Other(Kind::Safe, Some(id), _) => {
            recorder.safe(at, node, id, None);
        }
        Fact::Other(kind, _, fields) => {
            recorder.event(at, node, kind, fields, None);
        }
    }
}

/// Events with no sense in them.
pub fn nonsense(setup: Setup, events: &[(usize, u32, u32, u32)]) -> History {
    let mut recorder = Recorder::new(header(&setup));
    for (at, (what, node, a, b)) in events.iter().copied().enumerate() {
        let id = MessageId { origin: NodeId(a), incarnation: b, number: b };
        let name =
            ViewName { number: u64::from(b), creator: (a > 3).then(|| format!("n{a}").into()) };
        let install = ViewInstall {
            view: name.clone(),
            members: (0..a).map(NodeId).chain([NodeId(NONE)]).collect(),
            primary: b != 1,
            transitional: (a > 2).then(|| vec![NodeId(b), NodeId(a), NodeId(a)]),
            group: (a > 1).then_some(b / 2),
        };
        let place = Place { slot: None, view: Some(name), group: Some(b) };
        let (at, node) = (Time(at as u64), NodeId(if node == 5 { NONE - 1 } else { node }));
        let plain = [Kind::Crash, Kind::Recover, Kind::StateSet, Kind::Block, Kind::View];
        let kind = plain[(a + b) as usize % plain.len()];
        match what {
            0 => recorder.broadcast(at, node, &message(id), GroupId(b), None),
            1 => recorder.broadcast_return(at, node, id, None),
            2 | 3 => recorder.deliver(at, node, &message(id), None, None),
            4 => recorder.deliver_at(at, node, &message(id), place, None),
            5 => recorder.safe(at, node, id, None),
            6 | 7 => recorder.view(at, node, install, None),
            _ => recorder.event(at, node, kind, Fields::new(), None),
        };
    }
    recorder.into_history()
}

fn message(id: MessageId) -> Message {
    Message { id, ..Message::default() }
}
