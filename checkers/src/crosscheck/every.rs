//! Every small history: all that few nodes can do with few messages, fast checkers against oracles.
//!
//! What a node does is its lane: broadcasts, deliveries, views, a crash at the end. A scope names
//! the lanes that each node may choose from, and takes every choice. Two histories that no property
//! can tell apart are taken once:
//!
//! - Nodes have no rank. Of the histories that become one another by renaming nodes (and with them
//!   messages, groups and views), the one with the smallest lanes is taken.
//! - Of the many ways in which lanes can be merged into lines, properties see only what came before
//!   what within a lane, and, across lanes, on which side of a broadcast the deliveries of its
//!   message stand, and the views, which may be late starts. (Whether a node is correct and who
//!   delivered what is judged over the whole run.) So for each such set of sides that some merging
//!   has, one merging is taken. On a real clock not even the sides count where there are no views:
//!   one merging is enough. The tests try this on every merging of smaller scopes.
//!
//! A crash is only ever the end of a lane, for what the node would have done afterwards is another
//! lane without it.

mod lane;
mod scopes;
mod tests;

use lane::{Deed, Lane};
use pepperland_core::history::{Clock, Header, History, Kind, Recorder, ViewInstall, ViewName};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::time::Time;
use serde_json::Map as Fields;
use std::collections::BTreeMap;

/// What can happen.
pub struct Scope {
    /// The groups, by name, with their members; none: one of all nodes.
    pub groups: Vec<(&'static str, Vec<usize>)>,
    /// The messages.
    pub messages: Vec<Letter>,
    /// The views that may be installed.
    pub views: Vec<Sight>,
    /// For each node, what it may do.
    pub lanes: Vec<Vec<Lane>>,
    /// Whether deliveries may come before their broadcasts, on a virtual clock.
    pub early: bool,
    /// Whether each choice of lanes is taken on a real clock too.
    pub real: bool,
}

/// A message: who broadcasts it, if somebody does, and to which group.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Letter {
    /// The node.
    pub sender: Option<usize>,
    /// By its place in the scope.
    pub group: usize,
}

/// A view: its number, its creator if that is part of its id, and its members.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sight {
    /// The number.
    pub number: u64,
    /// The node.
    pub creator: Option<usize>,
    /// The nodes.
    pub members: Vec<usize>,
}

/// One way to rename nodes: for each node and each of its lanes, the node and the lane it becomes.
type Renaming = Vec<(usize, Vec<usize>)>;

impl Scope {
    /// Visits every history of the scope once.
    pub fn each(&self, visit: &mut impl FnMut(&History)) {
        let renamings = self.renamings();
        for chosen in self.choices().filter(|c| self.is_lawful(c) && is_least(&renamings, c)) {
            self.merge(&chosen, visit);
        }
    }

    /// Every choice of a lane for each node.
    fn choices(&self) -> impl Iterator<Item = Vec<usize>> {
        let first = self.lanes.iter().all(|lanes| !lanes.is_empty());
        std::iter::successors(first.then(|| vec![0; self.lanes.len()]), |chosen| {
            let is_not_last = |n: &usize| chosen[*n] + 1 < self.lanes[*n].len();
            let n = (0..chosen.len()).rev().find(is_not_last)?;
            let mut next = chosen.clone();
            next[n] += 1;
            next[n + 1..].fill(0);
            Some(next)
        })
    }

    fn chosen<'s>(&'s self, chosen: &'s [usize]) -> impl Iterator<Item = &'s Lane> {
        self.lanes.iter().zip(chosen).map(|(lanes, i)| &lanes[*i])
    }

    /// At most one node delivers a message twice.
    fn is_lawful(&self, chosen: &[usize]) -> bool {
        self.chosen(chosen).filter(|lane| lane::repeats(lane)).count() <= 1
    }

    /// The pairs of events whose order counts: a broadcast, and what stands on one side of it.
    fn pairs(&self, chosen: &[usize]) -> Vec<Pair> {
        let places = |n: usize| {
            let lane = &self.lanes[n][chosen[n]];
            lane.iter().enumerate().map(move |(i, deed)| ((n, i), *deed))
        };
        let all: Vec<_> = (0..chosen.len()).flat_map(places).collect();
        let broadcasts = all.iter().filter_map(|(at, deed)| match deed {
            Deed::Broadcast(m) => Some((*at, *m)),
            _ => None,
        });
        let of = |(broadcast, m): ((usize, usize), usize)| {
            let elsewhere = all.iter().filter(move |(at, _)| at.0 != broadcast.0);
            let sides = elsewhere.filter(move |(_, deed)| match deed {
                Deed::Deliver(other) => *other == m,
                Deed::View(_) => true,
                _ => false,
            });
            sides.map(move |(other, _)| Pair { broadcast, other: *other })
        };
        broadcasts.flat_map(of).collect()
    }

    /// Visits one merging for each set of sides.
    fn merge(&self, chosen: &[usize], visit: &mut impl FnMut(&History)) {
        let pairs = self.pairs(chosen);
        let may_be_early = |pair: &Pair| self.early || self.is_view(chosen, pair.other);
        let fixed = pairs.iter().enumerate().filter(|(_, pair)| !may_be_early(pair));
        let fixed = fixed.fold(0, |bits, (i, _)| bits | 1 << i);
        for early in (0..1 << pairs.len()).filter(|early| early & fixed == 0) {
            if let Some(lines) = self.lines(chosen, &pairs, early) {
                visit(&self.record(Clock::Virtual, chosen, &lines));
            }
        }
        if self.real {
            let lines = (0..chosen.len()).flat_map(|n| vec![n; self.lanes[n][chosen[n]].len()]);
            let mut lines: Vec<usize> = lines.collect();
            if chosen.iter().sum::<usize>() % 2 == 1 {
                lines.reverse();
            }
            visit(&self.record(Clock::Real, chosen, &lines));
        }
    }

    fn is_view(&self, chosen: &[usize], (node, place): (usize, usize)) -> bool {
        matches!(self.lanes[node][chosen[node]][place], Deed::View(_))
    }

    /// A merging in which the broadcast comes last in just these pairs, one bit for each: the nodes
    /// whose turn it is; none if there is none.
    fn lines(&self, chosen: &[usize], pairs: &[Pair], early: u32) -> Option<Vec<usize>> {
        let mut done = vec![0; chosen.len()];
        let total: usize = self.chosen(chosen).map(Vec::len).sum();
        let mut lines = Vec::with_capacity(total);
        while lines.len() < total {
            let is_free = |n: usize, done: &[usize]| {
                let here = (n, done[n]);
                let waits = |(i, pair): (usize, &Pair)| {
                    let (before, after) = match early >> i & 1 == 1 {
                        true => (pair.other, pair.broadcast),
                        false => (pair.broadcast, pair.other),
                    };
                    after == here && done[before.0] <= before.1
                };
                done[n] < self.lanes[n][chosen[n]].len() && !pairs.iter().enumerate().any(waits)
            };
            let node = (0..chosen.len()).find(|n| is_free(*n, &done))?;
            done[node] += 1;
            lines.push(node);
        }
        Some(lines)
    }

    fn header(&self, clock: Clock) -> Header {
        let name = |n: &usize| format!("n{}", n + 1);
        let mut header = Header::new((0..self.lanes.len()).map(|n| name(&n)).collect());
        (header.clock, header.complete) = (clock, true);
        for (group, members) in &self.groups {
            header.groups.insert((*group).to_owned(), members.iter().map(name).collect());
        }
        header
    }

    fn record(&self, clock: Clock, chosen: &[usize], lines: &[usize]) -> History {
        let mut recorder = Recorder::new(self.header(clock));
        let mut done = vec![0; chosen.len()];
        for (at, node) in lines.iter().enumerate() {
            let deed = self.lanes[*node][chosen[*node]][done[*node]];
            done[*node] += 1;
            self.deed(&mut recorder, Time(at as u64), *node, deed);
        }
        recorder.into_history()
    }

    fn deed(&self, recorder: &mut Recorder, at: Time, node: usize, deed: Deed) {
        let here = NodeId(node as u32);
        match deed {
            Deed::Broadcast(m) => {
                let group = GroupId(self.messages[m].group as u32);
                recorder.broadcast(at, here, &self.message(m), group, None);
            }
            Deed::Deliver(m) => {
                recorder.deliver(at, here, &self.message(m), None, None);
            }
            Deed::View(v) => {
                let Sight { number, creator, members } = &self.views[v];
                let creator = creator.map(|n| format!("n{}", n + 1).into());
                let members = members.iter().map(|n| NodeId(*n as u32)).collect();
                let view = ViewName { number: *number, creator };
                let install =
                    ViewInstall { view, members, primary: true, transitional: None, group: None };
                recorder.view(at, here, install, None);
            }
            Deed::Crash => {
                recorder.event(at, here, Kind::Crash, Fields::new(), None);
            }
        }
    }

    /// A sender's messages have numbers in their order; one of nobody has a number of its own.
    fn message(&self, m: usize) -> Message {
        let sender = self.messages[m].sender;
        let own = self.messages[..m].iter().filter(|other| other.sender == sender);
        let number = if sender.is_some() { own.count() as u32 + 1 } else { 9 };
        let origin = NodeId(sender.unwrap_or(0) as u32);
        Message { id: MessageId { origin, incarnation: 0, number }, ..Message::default() }
    }

    /// Every way to rename nodes that leaves the scope what it is.
    fn renamings(&self) -> Vec<Renaming> {
        let (nodes, messages) = (self.lanes.len(), self.messages.len());
        let mut found = Vec::new();
        for node in lane::permutations(nodes) {
            for message in lane::permutations(messages) {
                let fits = |m: usize| self.is_renamed(&node, m, message[m]);
                let in_order = (0..messages).all(|m| {
                    let same = |o: &usize| self.messages[*o].sender == self.messages[m].sender;
                    (0..m).filter(same).all(|o| message[o] < message[m])
                });
                if in_order && (0..messages).all(fits) {
                    found.extend(self.renaming(&node, &message));
                }
            }
        }
        found
    }

    fn is_renamed(&self, node: &[usize], m: usize, to: usize) -> bool {
        let (from, to) = (self.messages[m], self.messages[to]);
        let members = |group: usize| self.groups.get(group).map(|(_, members)| members.clone());
        from.sender.map(|n| node[n]) == to.sender
            && members(from.group).map(|all| renamed(node, &all)) == members(to.group)
    }

    /// The lanes that lanes become; none if some lane becomes what is no choice, or some view what
    /// is no view of the scope.
    fn renaming(&self, node: &[usize], message: &[usize]) -> Option<Renaming> {
        let view = |sight: &Sight| {
            let members = renamed(node, &sight.members);
            let creator = sight.creator.map(|n| node[n]);
            let becomes = Sight { number: sight.number, creator, members };
            self.views.iter().position(|v| *v == becomes)
        };
        let view: Vec<usize> = self.views.iter().map(view).collect::<Option<_>>()?;
        let deed = |deed: &Deed| match deed {
            Deed::Broadcast(m) => Deed::Broadcast(message[*m]),
            Deed::Deliver(m) => Deed::Deliver(message[*m]),
            Deed::View(v) => Deed::View(view[*v]),
            Deed::Crash => Deed::Crash,
        };
        let of_node = |(n, lanes): (usize, &Vec<Lane>)| {
            let known: BTreeMap<&Lane, usize> =
                self.lanes[node[n]].iter().enumerate().map(|(i, lane)| (lane, i)).collect();
            let becomes =
                |lane: &Lane| known.get(&lane.iter().map(deed).collect::<Lane>()).copied();
            let lanes: Option<Vec<usize>> = lanes.iter().map(becomes).collect();
            Some((node[n], lanes?))
        };
        self.lanes.iter().enumerate().map(of_node).collect()
    }
}

/// An order that counts: between a broadcast and another event, each a node and a place in its
/// lane.
struct Pair {
    broadcast: (usize, usize),
    other: (usize, usize),
}

fn renamed(node: &[usize], members: &[usize]) -> Vec<usize> {
    let mut members: Vec<usize> = members.iter().map(|n| node[*n]).collect();
    members.sort_unstable();
    members
}

/// What a choice becomes.
fn image(renaming: &Renaming, chosen: &[usize]) -> Vec<usize> {
    let mut image = vec![0; chosen.len()];
    for (n, (to, lanes)) in renaming.iter().enumerate() {
        image[*to] = lanes[chosen[n]];
    }
    image
}

/// Whether no renaming makes a smaller choice of it.
fn is_least(renamings: &[Renaming], chosen: &[usize]) -> bool {
    renamings.iter().all(|renaming| *chosen <= image(renaming, chosen)[..])
}
