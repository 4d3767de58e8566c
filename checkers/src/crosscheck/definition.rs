//! Histories read for the oracles: quantifiers as loops, no cleverness shared with the checkers.
//! Only for histories small enough to read.

use pepperland_core::history::{
    Clock, DeliveryContract, EventId, FailureModel, History, Kind, NONE, ViewInstall,
};
use pepperland_core::verdict::Ruling;

/// A broadcast or delivery: `life` counts the restarts of the node that made it forget.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Act {
    pub event: usize,
    pub node: usize,
    pub life: usize,
    pub row: usize,
}

/// A history with its quantifiers.
pub struct Oracle<'h> {
    pub history: &'h History,
    /// Deliveries at nodes that do not lie.
    pub deliveries: Vec<Act>,
    /// Broadcasts by nodes that do not lie.
    pub broadcasts: Vec<Act>,
    /// Late starts: node, life, event.
    pub starts: Vec<(usize, usize, usize)>,
    /// For each node, how often it restarted before each event and the end.
    restarts: Vec<Vec<usize>>,
}

/// The ruling on so many obligations, of which one is broken or none.
pub fn ruling(obligations: usize, broken: bool) -> Ruling {
    match (broken, obligations) {
        (true, _) => Ruling::Violated,
        (false, 0) => Ruling::Undecided,
        (false, _) => Ruling::Held,
    }
}

impl<'h> Oracle<'h> {
    pub fn of(history: &'h History) -> Oracle<'h> {
        let (deliveries, broadcasts, starts) = (vec![], vec![], vec![]);
        let restarts = vec![vec![0; history.len() + 1]; history.node_count()];
        let mut oracle = Oracle { history, deliveries, broadcasts, starts, restarts };
        for event in 0..history.len() {
            let restarted = oracle.node(event).filter(|_| history.kinds()[event] == Kind::Recover);
            for (node, restarts) in oracle.restarts.iter_mut().enumerate() {
                restarts[event + 1] = restarts[event] + usize::from(restarted == Some(node));
            }
        }
        for event in 0..history.len() {
            let Some(node) = oracle.node(event) else { continue };
            let act = |row| Act { event, node, life: oracle.life(node, event), row };
            let act = history.event(EventId(event as u32)).message().map(|row| act(row as usize));
            match (history.kinds()[event], act) {
                (Kind::Deliver, Some(act)) if !oracle.lies(node) => oracle.deliveries.push(act),
                (Kind::Broadcast, Some(act)) if !oracle.lies(node) => oracle.broadcasts.push(act),
                _ if oracle.is_late_start(node, event) => {
                    let start = (node, oracle.life(node, event + 1), event);
                    oracle.starts.push(start);
                }
                _ => {}
            }
        }
        oracle
    }

    pub fn kind(&self, event: usize) -> Kind {
        self.history.kinds()[event]
    }

    /// The node of an event, if it does not lie.
    pub fn honest(&self, event: usize) -> Option<usize> {
        self.node(event).filter(|node| !self.lies(*node))
    }

    /// By how much the times of two nodes may differ.
    pub fn error(&self) -> u64 {
        if self.is_virtual() { 0 } else { self.history.header.clock_error.unwrap_or(0) }
    }

    pub fn node(&self, event: usize) -> Option<usize> {
        Some(self.history.nodes()[event] as usize).filter(|n| *n < self.history.node_count())
    }

    pub fn at(&self, node: usize, kind: Kind) -> impl Iterator<Item = usize> + '_ {
        let here = move |e: &usize| self.node(*e) == Some(node) && self.history.kinds()[*e] == kind;
        (0..self.history.len()).filter(here)
    }

    pub fn forgets(&self) -> bool {
        self.history.header.contract.delivery != DeliveryContract::Logged
    }

    /// The life of the node just before the event.
    pub fn life(&self, node: usize, event: usize) -> usize {
        let restarts = self.restarts[node][event];
        if self.forgets() { restarts } else { 0 }
    }

    pub fn view(&self, event: usize) -> Option<u64> {
        self.history.event(EventId(event as u32)).view().map(|v| v.view.number)
    }

    pub fn is_late_start(&self, node: usize, event: usize) -> bool {
        let life = self.life(node, event);
        match self.history.kinds()[event] {
            Kind::Recover => self.forgets(),
            Kind::StateSet => true,
            Kind::View => {
                let founding = (0..self.history.len()).filter_map(|e| self.view(e)).min();
                let mut earlier = self.at(node, Kind::View).filter(|e| *e < event);
                let joins =
                    self.view(event) > founding && !earlier.any(|e| self.life(node, e) == life);
                joins || self.comes_back(node, event)
            }
            _ => false,
        }
    }

    /// Views without the node lie between its view before and this one.
    fn comes_back(&self, node: usize, event: usize) -> bool {
        let install = |e: usize| self.history.event(EventId(e as u32)).view();
        let Some(now) = install(event) else { return false };
        let mut earlier = self.at(node, Kind::View).filter(|e| *e < event).filter_map(install);
        let before = earlier.by_ref().filter(|v| v.group == now.group).last();
        let without = |v: &ViewInstall| {
            let between = before.is_some_and(|b| b.view.number < v.view.number);
            let lacks = !v.members.iter().any(|m| m.index() == node);
            between && v.view.number < now.view.number && v.group == now.group && lacks
        };
        let mut views = (0..self.history.len()).filter_map(install);
        views.any(without)
    }

    /// The node is out of the group of the message in the end: it left, or a view later than its
    /// last one lacks it.
    pub fn is_out(&self, node: usize, row: usize) -> bool {
        let Some(group) = self.group(row) else { return false };
        let install = |e: usize| self.history.event(EventId(e as u32)).view();
        let here = |v: &&ViewInstall| v.group.unwrap_or(0) as usize == group;
        let last = self.at(node, Kind::View).filter_map(install).filter(here).last();
        let last = last.map_or(0, |v| v.view.number);
        let honest = |e: &usize| self.honest(*e).is_some();
        let mut views = (0..self.history.len()).filter(honest).filter_map(install).filter(here);
        let lacks = |v: &ViewInstall| !v.members.iter().any(|m| m.index() == node);
        let excluded = views.any(|v| v.view.number > last && lacks(v));
        let leave = self.at(node, Kind::Leave).last();
        excluded || leave.is_some() && leave > self.at(node, Kind::Join).last()
    }

    pub fn lies(&self, node: usize) -> bool {
        self.history.header.byzantine.contains(&self.history.header.nodes[node])
    }

    pub fn correct(&self, node: usize) -> bool {
        let crash = self.at(node, Kind::Crash).last();
        let recover = self.at(node, Kind::Recover).last();
        let up = match self.history.header.failure_model {
            FailureModel::CrashStop => crash.is_none(),
            _ => crash.is_none() || recover > crash,
        };
        up && !self.lies(node)
    }

    /// Whether it is the last life of a correct node.
    pub fn surviving(&self, node: usize, life: usize) -> bool {
        self.correct(node) && life == self.life(node, self.history.len())
    }

    pub fn rows(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.history.message_table().len()
    }

    pub fn origin(&self, row: usize) -> usize {
        self.history.message_table().origins()[row] as usize
    }

    pub fn broadcast(&self, row: usize) -> Option<&Act> {
        self.broadcasts.iter().find(|b| b.row == row)
    }

    /// The group of a message; none if it cannot be known.
    pub fn group(&self, row: usize) -> Option<usize> {
        match self.history.groups().len() {
            1 => Some(0),
            _ => self.broadcast(row).map(|_| self.history.message_table().groups()[row] as usize),
        }
    }

    /// Whether a delivery of the message at the node counts.
    pub fn is_for(&self, row: usize, node: usize) -> bool {
        let is_in = |g: usize| self.history.groups()[g].1.iter().any(|m| m.index() == node);
        self.group(row).is_none_or(is_in)
    }

    /// First deliveries in a life, at recipients.
    pub fn counting(&self) -> Vec<Act> {
        let same = |a: &Act, b: &Act| (a.node, a.life, a.row) == (b.node, b.life, b.row);
        let is_first = |d: &&Act| !self.deliveries.iter().any(|e| same(e, d) && e.event < d.event);
        let deliveries = self.deliveries.iter().filter(|d| self.is_for(d.row, d.node));
        deliveries.filter(is_first).copied().collect()
    }

    pub fn delivers(&self, node: usize, row: usize) -> bool {
        self.deliveries.iter().any(|d| d.node == node && d.row == row && self.is_for(row, node))
    }

    pub fn is_virtual(&self) -> bool {
        self.history.header.clock == Clock::Virtual
    }

    /// Whether a broadcast came before a late start.
    pub fn precedes(&self, broadcast: usize, start: usize) -> bool {
        let times = self.history.times();
        let error = self.history.header.clock_error.unwrap_or(0);
        if self.is_virtual() {
            broadcast < start
        } else {
            times[broadcast].0 <= times[start].0 + error
        }
    }

    /// The node does not owe the message: its last life started late, after the broadcast.
    pub fn is_excused(&self, node: usize, row: usize) -> bool {
        let last = self.life(node, self.history.len());
        let mut starts = self.starts.iter().filter(|(n, l, _)| (*n, *l) == (node, last));
        starts.any(|(.., start)| {
            let event = self.history.message_table().broadcasts()[row];
            event == NONE || self.precedes(event as usize, *start)
        })
    }

    pub fn owing(&self, row: usize) -> Vec<usize> {
        let known = self.group(row).is_some();
        let owes = |q: &usize| {
            known && self.correct(*q) && self.is_for(row, *q) && !self.is_excused(*q, row)
        };
        (0..self.history.node_count()).filter(owes).collect()
    }

    /// Those that owe the message and are in its group in the end.
    pub fn debtors(&self, row: usize) -> Vec<usize> {
        self.owing(row).into_iter().filter(|q| !self.is_out(*q, row)).collect()
    }
}
