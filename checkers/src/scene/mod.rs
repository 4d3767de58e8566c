//! A case laid out for checkers: whose deliveries count, who is bound, and what is owed.
//!
//! Everywhere but in no-creation and no-duplication a delivery counts only at a recipient of its
//! message, and only the first one in a life: the others are those two properties' business. What
//! is recorded at a Byzantine node is void, and so is its word on which group a message is for.

pub mod before;
pub mod blocks;
pub mod deliverers;
pub mod lives;
pub mod proof;
pub mod streams;
pub mod tally;
pub mod tenures;

use lives::Lives;
use pepperland_core::checker::Case;
use pepperland_core::history::{Clock, EventId, History, Kind, MessageTable, NONE};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use std::sync::Arc;
use streams::Streams;

/// A case, its lives and its recipients.
pub struct Scene<'a> {
    /// The case.
    pub case: &'a Case<'a>,
    /// Its history.
    pub history: &'a History,
    /// The messages of the history.
    pub table: &'a MessageTable,
    /// The lives of its nodes.
    pub lives: Arc<Lives>,
    /// For each group, which nodes are members; empty if one group holds every node.
    members: Arc<Members>,
    /// Whether lives and members are those of the case: then checkers share what they work out.
    pub is_usual: bool,
}

/// For each group, which nodes are members.
type Members = Vec<Vec<bool>>;

/// One delivery.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Delivery {
    /// The event.
    pub event: u32,
    /// The life that delivered.
    pub life: u32,
    /// The message.
    pub row: u32,
}

/// Which lives a property binds.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Bound {
    /// Every life of a correct node.
    Correct,
    /// The last life of each correct node: earlier ones ended in a crash and forgot.
    Surviving,
    /// Every life of every node that is not Byzantine.
    Honest,
}

impl<'a> Scene<'a> {
    /// Lays a case out. One scan of the kinds, for the first checker that asks.
    pub fn of(case: &'a Case<'a>) -> Scene<'a> {
        let history = case.history;
        let (lives, members) = (case.once(|| Lives::of(case)), case.once(|| members(history)));
        Scene { case, history, table: history.message_table(), lives, members, is_usual: true }
    }

    /// The same case with other lives.
    pub fn with_lives(self, lives: Lives) -> Scene<'a> {
        Scene { lives: Arc::new(lives), is_usual: false, ..self }
    }

    /// The same where every message is for these nodes, whatever group it was broadcast to.
    pub fn among(case: &'a Case<'a>, nodes: Vec<bool>) -> Scene<'a> {
        Scene { members: Arc::new(vec![nodes]), is_usual: false, ..Scene::of(case) }
    }

    /// The streams of the scene.
    pub fn streams(&self) -> Arc<Streams> {
        match self.is_usual {
            true => self.case.once(|| Streams::of(self)),
            false => Arc::new(Streams::of(self)),
        }
    }

    /// Which lives are bound.
    pub fn bound(&self, bound: Bound) -> Vec<bool> {
        let binds = |(life, node): (usize, &u32)| {
            let node = *node as usize;
            match bound {
                Bound::Correct => self.case.correct[node],
                Bound::Surviving => {
                    self.case.correct[node] && self.lives.last[node] as usize == life
                }
                Bound::Honest => !self.case.byzantine[node],
            }
        };
        self.lives.node.iter().enumerate().map(binds).collect()
    }

    /// Every delivery at a node that is not Byzantine.
    #[inline]
    pub fn all_deliveries(&self) -> impl Iterator<Item = Delivery> + '_ {
        let mut now = self.lives.follow(self.case);
        let columns = self.history.kinds().iter().zip(self.history.nodes());
        let columns = columns.zip(self.history.messages()).enumerate();
        columns.filter_map(move |(event, ((kind, node), row))| {
            if *kind == Kind::Deliver {
                let life = now.life(*node);
                let known = life != NONE && *row != NONE;
                return known.then_some(Delivery { event: event as u32, life, row: *row });
            }
            if *kind == Kind::Recover {
                now.recover(*node);
            }
            None
        })
    }

    /// Every delivery that counts, duplicates included.
    #[inline]
    pub fn deliveries(&self) -> impl Iterator<Item = Delivery> + '_ {
        self.all_deliveries().filter(|d| self.is_recipient(d.row, self.node(d.life)))
    }

    /// Every delivery that counts, and every optimistic one, duplicates included.
    pub fn indications(&self) -> impl Iterator<Item = (Kind, Delivery)> + '_ {
        let mut now = self.lives.follow(self.case);
        let columns = self.history.kinds().iter().zip(self.history.nodes());
        let columns = columns.zip(self.history.messages()).enumerate();
        columns.filter_map(move |(event, ((kind, node), row))| {
            if *kind == Kind::Recover {
                now.recover(*node);
            }
            let (event, life) = (event as u32, now.life(*node));
            let counts = matches!(kind, Kind::Deliver | Kind::OptDeliver);
            let known = counts && life != NONE && *row != NONE && self.is_recipient(*row, *node);
            known.then_some((*kind, Delivery { event, life, row: *row }))
        })
    }

    /// Whether the message has a broadcast that is not void.
    pub fn is_broadcast(&self, row: u32) -> bool {
        let origin = self.table.origins()[row as usize] as usize;
        let honest = self.case.byzantine.get(origin) == Some(&false);
        honest && self.table.broadcasts()[row as usize] != NONE
    }

    /// The group that the message is for, if it can be known.
    pub fn group(&self, row: u32) -> Option<u32> {
        if self.members.is_empty() {
            return Some(0);
        }
        let stated = self.table.groups()[row as usize];
        match self.members.len() {
            1 => Some(0),
            groups if (stated as usize) < groups && self.is_broadcast(row) => Some(stated),
            _ => None,
        }
    }

    /// Whether the message is for the node; yes where its group is not known.
    #[inline]
    pub fn is_recipient(&self, row: u32, node: u32) -> bool {
        self.members.is_empty() || self.group(row).is_none_or(|g| self.is_member(g, node))
    }

    /// Whether every node is a recipient of every message.
    pub fn is_for_everyone(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether the node is in the group.
    pub fn is_member(&self, group: u32, node: u32) -> bool {
        self.members.is_empty() || self.members[group as usize][node as usize]
    }

    /// How many groups there are, at least one.
    pub fn group_count(&self) -> usize {
        self.members.len().max(1)
    }

    /// The node of a life.
    pub fn node(&self, life: u32) -> u32 {
        self.lives.node[life as usize]
    }

    /// Whether the history's lines are one true order.
    pub fn is_virtual(&self) -> bool {
        self.history.header.clock == Clock::Virtual
    }

    /// Where an event stands in time: events with a smaller key than a start's came before it.
    /// On a real clock a start's key leaves room for the clock's error.
    pub fn key(&self, event: u32) -> u64 {
        if self.is_virtual() { u64::from(event) } else { self.time(event).0 }
    }

    /// The key of a late start.
    pub fn start_key(&self, event: u32) -> u64 {
        self.key(event).saturating_add(self.clock_error())
    }

    /// By how much keys of different nodes may be wrong: not at all where lines are one true order.
    pub fn clock_error(&self) -> u64 {
        if self.is_virtual() { 0 } else { self.history.header.clock_error.unwrap_or(0) }
    }

    /// When an event happened.
    pub fn time(&self, event: u32) -> Time {
        self.history.times()[event as usize]
    }

    /// The event that broadcast a message.
    pub fn broadcast(&self, row: u32) -> Option<EventId> {
        let event = self.table.broadcasts()[row as usize];
        (event != NONE).then_some(EventId(event))
    }

    /// The name of a message.
    pub fn name(&self, row: u32) -> String {
        self.history.message_name(row)
    }

    /// The name of the node of a life, with the incarnation if it is not the first.
    pub fn who(&self, life: u32) -> String {
        let node = self.node(life);
        let earlier = self.lives.node[..life as usize].iter().filter(|n| **n == node).count();
        let name = self.node_name(node);
        if earlier == 0 { name.to_owned() } else { format!("{name} (incarnation {earlier})") }
    }

    /// The name of a node.
    pub fn node_name(&self, node: u32) -> &str {
        self.history.node_name(NodeId(node))
    }

    /// The first delivery of the message in the life, if there is one.
    pub fn first(&self, life: u32, row: u32) -> Option<EventId> {
        let mut deliveries = self.deliveries();
        deliveries.find(|d| d.life == life && d.row == row).map(|d| EventId(d.event))
    }
}

/// For each group, which nodes are members; empty if one group holds every node.
fn members(history: &History) -> Members {
    let nodes = history.node_count();
    if matches!(history.groups(), [(_, all)] if is_everyone(all, nodes)) {
        return Members::new();
    }
    let is_member = |members: &[NodeId]| {
        let mut is = vec![false; nodes];
        for member in members {
            is.get_mut(member.index()).into_iter().for_each(|is| *is = true);
        }
        is
    };
    history.groups().iter().map(|(_, members)| is_member(members)).collect()
}

fn is_everyone(members: &[NodeId], nodes: usize) -> bool {
    members.len() == nodes && members.iter().enumerate().all(|(i, m)| m.index() == i)
}
