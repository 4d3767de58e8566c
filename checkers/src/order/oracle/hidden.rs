//! Happened-before over all groups, and through clients and snapshots: a graph of events.

use crate::crosscheck::definition::Oracle;
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::Ruling;

/// What an event is to others.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Role {
    Broadcast,
    /// Something reaches the node.
    In,
    /// Something leaves it.
    Out,
}

impl Oracle<'_> {
    fn text(&self, event: usize, key: &str) -> Option<String> {
        self.history.event(EventId(event as u32)).field(key).map(ToString::to_string)
    }

    fn role(&self, event: usize, hidden: bool) -> Option<Role> {
        let act = |acts: &[crate::crosscheck::definition::Act]| {
            acts.iter().find(|a| a.event == event).copied()
        };
        match self.kind(event) {
            Kind::Broadcast => act(&self.broadcasts).map(|_| Role::Broadcast),
            Kind::Deliver => act(&self.deliveries).filter(|d| self.is_effect(d)).map(|_| Role::In),
            Kind::Invoke | Kind::StateSet if hidden => Some(Role::In),
            Kind::Response if hidden => {
                (self.text(event, "status").as_deref() != Some("\"unknown\"")).then_some(Role::Out)
            }
            Kind::StateGet if hidden => Some(Role::Out),
            _ => None,
        }
    }

    /// One event is a direct cause of another.
    fn causes(&self, a: usize, b: usize, hidden: bool) -> bool {
        let (Some(x), Some(y)) = (self.role(a, hidden), self.role(b, hidden)) else { return false };
        self.carries(a, b) || a < b && self.remembers(a, b) && y != Role::In && x != Role::Out
    }

    /// What is in the node's mind at `a` still is at `b`.
    fn remembers(&self, a: usize, b: usize) -> bool {
        let (Some(node), Some(other)) = (self.honest(a), self.honest(b)) else { return false };
        let restarts = |e: usize| self.at(node, Kind::Recover).filter(|r| *r < e).count();
        let own = self.kind(a) == Kind::Broadcast;
        let same =
            if own { restarts(a) == restarts(b) } else { self.life(node, a) == self.life(node, b) };
        node == other && same
    }

    /// Something goes from `a` to `b` and from one node or client to another.
    fn carries(&self, a: usize, b: usize) -> bool {
        let row = |e: usize| self.history.messages()[e];
        match (self.kind(a), self.kind(b)) {
            (Kind::Broadcast, Kind::Deliver) => row(a) == row(b) && row(a) != NONE,
            (Kind::Response, Kind::Invoke) => {
                a < b && self.text(a, "client") == self.text(b, "client")
            }
            (Kind::StateGet, Kind::StateSet) => {
                let (Some(from), Some(_)) = (self.honest(a), self.honest(b)) else { return false };
                let name = format!("\"{}\"", self.history.header.nodes[from]);
                let hash = self.text(a, "hash");
                self.text(b, "from") == Some(name) && hash.is_some() && hash == self.text(b, "hash")
            }
            _ => false,
        }
    }

    /// No order of the events has every cause before its effects, and what one node or one client
    /// does in its order.
    fn is_tangled(&self, hidden: bool) -> bool {
        let events = (0..self.history.len()).filter(|e| self.role(*e, hidden).is_some());
        let mut left: Vec<usize> = events.collect();
        loop {
            let before = |a: usize, b: usize| {
                let node = a < b && self.honest(a).is_some() && self.honest(a) == self.honest(b);
                let client = self.text(a, "client");
                let client = a < b && client.is_some() && client == self.text(b, "client");
                node || client || self.carries(a, b)
            };
            let free = |b: &usize| !left.iter().any(|a| a != b && before(*a, *b));
            let kept: Vec<usize> = left.iter().copied().filter(|b| !free(b)).collect();
            if kept.len() == left.len() {
                return !kept.is_empty();
            }
            left = kept;
        }
    }

    pub fn causal_across(&self, hidden: bool) -> Ruling {
        if self.is_tangled(hidden) {
            return Ruling::Undecided;
        }
        let rows = self.history.message_table().len();
        let mut before = vec![vec![false; rows]; rows];
        for from in &self.broadcasts {
            let (mut met, mut left) = (vec![false; self.history.len()], vec![from.event]);
            while let Some(a) = left.pop() {
                for b in (0..self.history.len()).filter(|b| self.causes(a, *b, hidden)) {
                    if !std::mem::replace(&mut met[b], true) {
                        left.push(b);
                    }
                }
            }
            for to in self.broadcasts.iter().filter(|to| met[to.event]) {
                before[from.row][to.row] = true;
            }
        }
        self.gap_free(Self::correct_receiver, |m, n| before[m][n])
    }
}
