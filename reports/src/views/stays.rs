//! Stays: a node in one view, from its installation until the next.

use super::group;
use pepperland_core::history::{
    DeliveryContract, Event, EventId, History, Kind, ViewInstall, ViewName,
};
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// A node between two losses of its memory: its name, and how many restarts came before.
pub type Life = (NodeId, u32);

/// A node in one view.
#[derive(Debug)]
pub struct Stay<'h> {
    /// Whose.
    pub life: Life,
    /// The group, as an index into the history's groups.
    pub group: u32,
    /// The view.
    pub install: &'h ViewInstall,
    /// Its installation.
    pub event: EventId,
    /// The view that it left for this one.
    pub from: Option<&'h ViewInstall>,
    /// How it ends.
    pub ends: Ending,
}

/// How a stay ends.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Ending {
    /// With the installation of the next view, which is this stay's.
    Next(usize),
    /// With a crash after which the node was not the same, or not at all.
    Crash(EventId),
    /// Not within the history.
    Open,
}

/// Every stay of a history.
pub struct Views<'h> {
    /// The history.
    pub history: &'h History,
    /// In the order of their installations.
    pub stays: Vec<Stay<'h>>,
    /// Those of each node in each group.
    courses: BTreeMap<(NodeId, u32), Vec<usize>>,
    /// The views, numbered as they first appear.
    numbers: BTreeMap<(u32, &'h ViewName), usize>,
}

impl<'h> Views<'h> {
    /// One scan of the history, if it has views at all.
    pub fn of(history: &'h History) -> Views<'h> {
        let (courses, numbers) = (BTreeMap::new(), BTreeMap::new());
        let mut views = Views { history, stays: Vec::new(), courses, numbers };
        let mut lives = BTreeMap::new();
        let mut standing = BTreeMap::new();
        for event in history.events().filter(|_| history.has(Kind::View)) {
            if let Some(node) = event.node() {
                views.turn(event, node, lives.entry(node).or_insert(0), &mut standing);
            }
        }
        views
    }

    fn turn(
        &mut self,
        event: Event<'h>,
        node: NodeId,
        life: &mut u32,
        standing: &mut BTreeMap<(NodeId, u32), usize>,
    ) {
        let own = (node, 0)..=(node, u32::MAX);
        match event.kind() {
            Kind::View => self.install(event, (node, *life), standing),
            Kind::Crash => standing
                .range(own)
                .for_each(|(_, stay)| self.stays[*stay].ends = Ending::Crash(event.id)),
            Kind::Recover if forgets(self.history) => {
                *life += 1;
                standing.retain(|(other, _), _| *other != node);
            }
            Kind::Recover => {
                standing.range(own).for_each(|(_, stay)| self.stays[*stay].ends = Ending::Open);
            }
            _ => {}
        }
    }

    fn install(
        &mut self,
        event: Event<'h>,
        life: Life,
        standing: &mut BTreeMap<(NodeId, u32), usize>,
    ) {
        let Some(install) = event.view() else { return };
        let (group, here) = (group(self.history, event), self.stays.len());
        let before = standing.get(&(life.0, group)).copied();
        let from = before.map(|before| self.stays[before].install);
        if from.is_some_and(|from| from.view == install.view) {
            return;
        }
        if let Some(before) = before {
            self.stays[before].ends = Ending::Next(here);
        }
        let fresh = self.numbers.len();
        self.numbers.entry((group, &install.view)).or_insert(fresh);
        self.courses.entry((life.0, group)).or_default().push(here);
        standing.insert((life.0, group), here);
        let ends = Ending::Open;
        self.stays.push(Stay { life, group, install, event: event.id, from, ends });
    }

    /// The stay of a node at an event: an installation already belongs to the view it begins.
    pub fn at(&self, node: NodeId, group: u32, event: EventId) -> Option<&Stay<'h>> {
        let course = self.courses.get(&(node, group))?;
        let after = course.partition_point(|stay| self.stays[*stay].event <= event);
        let stay = &self.stays[course[after.checked_sub(1)?]];
        let over = matches!(stay.ends, Ending::Crash(crash) if crash < event);
        (!over).then_some(stay)
    }

    /// Which view it is, counted as they first appear.
    pub fn number(&self, stay: &Stay<'_>) -> usize {
        self.numbers.get(&(stay.group, &stay.install.view)).copied().unwrap_or_default()
    }

    /// The groups that have views, in order.
    pub fn groups(&self) -> Vec<u32> {
        let mut groups: Vec<u32> = self.numbers.keys().map(|(group, _)| *group).collect();
        groups.dedup();
        groups
    }
}

impl Stay<'_> {
    /// Whether its node is a member of the view it installed.
    pub fn is_member(&self) -> bool {
        self.install.members.contains(&self.life.0)
    }
}

/// Whether a restart forgets what was delivered.
pub fn forgets(history: &History) -> bool {
    history.header.contract.delivery != DeliveryContract::Logged
}

/// The view in which a node stood before it installed this one: the same as a stay's `from`, found
/// by looking back from one event. The view itself, if it is installed once more.
pub fn former<'h>(history: &'h History, event: Event<'_>) -> Option<&'h ViewInstall> {
    let group_here = group(history, event);
    let here = event.node()?.0;
    let earlier = (0..event.id.index()).rev().filter(|i| history.nodes()[*i] == here);
    for index in earlier {
        let event = history.event(EventId(index as u32));
        match event.kind() {
            Kind::Recover if forgets(history) => return None,
            Kind::View if group(history, event) == group_here => return event.view(),
            _ => {}
        }
    }
    None
}
