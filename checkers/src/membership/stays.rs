//! Stays: the spans that nodes spend in views, from an install to the next one or to a crash.
//!
//! An incarnation begins in no view. What Byzantine nodes install is void.

use crate::scene::Scene;
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, EventId, Kind, NONE, ViewInstall, ViewName};
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One node in one view.
#[derive(Copy, Clone, Debug)]
pub struct Stay {
    /// The node.
    pub node: u32,
    /// The group of the view.
    pub group: u32,
    /// The view, as [`Stays::name`] knows it.
    pub view: u32,
    /// The install that began it.
    pub install: u32,
    /// The stay that the node came from in the same incarnation, or [`NONE`].
    pub before: u32,
    /// The stay that it went on to, or [`NONE`].
    pub next: u32,
    /// Whether it lasts until the end of the history.
    pub lasts: bool,
}

/// The stays of a history, in the order of their installs.
pub struct Stays {
    /// All of them.
    pub all: Vec<Stay>,
    /// The stay in which each event happened, or [`NONE`]. An install is in the stay it begins.
    pub at: Vec<u32>,
    /// The groups that have views.
    pub groups: Vec<u32>,
    views: Vec<(u32, ViewName)>,
    numbers: Map<(u32, ViewName), u32>,
    last: BTreeMap<(u32, u32), u32>,
    /// The crashes and restarts of each node.
    turns: Map<u32, Vec<u32>>,
    /// The stays of each node in each group.
    of: Map<(u32, u32), Vec<u32>>,
}

impl Stays {
    /// Those of the scene, found by the first checker that asks. O(events).
    pub fn of(scene: &Scene<'_>) -> Arc<Stays> {
        scene.case.once(|| Stays::find(scene))
    }

    fn find(scene: &Scene<'_>) -> Stays {
        let mut stays = Stays {
            all: Vec::new(),
            at: vec![NONE; scene.history.len()],
            groups: Vec::new(),
            views: Vec::new(),
            numbers: Map::default(),
            last: BTreeMap::new(),
            turns: Map::default(),
            of: Map::default(),
        };
        for event in scene.history.events() {
            let node = event.node().map_or(NONE, |n| n.0);
            if scene.case.byzantine.get(node as usize) != Some(&false) {
                continue;
            }
            match (event.kind(), event.view()) {
                (Kind::Crash | Kind::Recover, _) => {
                    stays.turns.entry(node).or_default().push(event.id.0);
                    stays.leave_all(node);
                }
                (Kind::View, Some(view)) => stays.install(event.id.0, node, view),
                (Kind::View, None) => {}
                (kind, _) if happens_in_a_view(kind) => stays.place(scene, event, node),
                _ => {}
            }
        }
        stays.last.values().for_each(|stay| stays.all[*stay as usize].lasts = true);
        let groups = stays.all.iter().map(|stay| stay.group);
        stays.groups = groups.collect::<std::collections::BTreeSet<u32>>().into_iter().collect();
        stays
    }

    fn leave_all(&mut self, node: u32) {
        self.last.retain(|(n, _), _| *n != node);
    }

    fn install(&mut self, event: u32, node: u32, install: &ViewInstall) {
        let group = install.group.unwrap_or(0);
        let known = self.views.len() as u32;
        let key = (group, install.view.clone());
        let view = *self.numbers.entry(key.clone()).or_insert(known);
        if view == known {
            self.views.push(key);
        }
        let number = self.all.len() as u32;
        let before = self.last.insert((node, group), number).unwrap_or(NONE);
        self.of.entry((node, group)).or_default().push(number);
        if before != NONE {
            self.all[before as usize].next = number;
        }
        let next = NONE;
        self.all.push(Stay { node, group, view, install: event, before, next, lasts: false });
        self.at[event as usize] = number;
    }

    fn place(&mut self, scene: &Scene<'_>, event: Event<'_>, node: u32) {
        let stay = group_of(scene, event).and_then(|group| self.last.get(&(node, group)));
        self.at[event.id.index()] = stay.copied().unwrap_or(NONE);
    }

    /// A stay by its number.
    pub fn get(&self, stay: u32) -> Option<&Stay> {
        self.all.get(stay as usize)
    }

    /// The stay in which an event happened.
    pub fn of_event(&self, event: u32) -> Option<&Stay> {
        self.get(self.at[event as usize])
    }

    /// The stay of the node that lasts until the end.
    pub fn last(&self, node: u32, group: u32) -> Option<&Stay> {
        self.last.get(&(node, group)).and_then(|stay| self.get(*stay))
    }

    /// The first install of the node in the group after an event, in the same incarnation.
    pub fn next_of(&self, node: u32, group: u32, event: u32) -> Option<&Stay> {
        let all = self.of.get(&(node, group))?;
        let next = all.partition_point(|stay| self.all[*stay as usize].install <= event);
        let stay = self.get(*all.get(next)?)?;
        (!self.restarts_between(node, event, stay.install)).then_some(stay)
    }

    /// Whether the node crashes or restarts after the one event and before the other.
    pub fn restarts_between(&self, node: u32, after: u32, before: u32) -> bool {
        let Some(turns) = self.turns.get(&node) else { return false };
        turns.get(turns.partition_point(|turn| *turn <= after)).is_some_and(|turn| *turn < before)
    }

    /// The name of a view.
    pub fn name(&self, view: u32) -> &ViewName {
        &self.views[view as usize].1
    }

    /// What the install of a stay says of its view.
    pub fn told<'s>(&self, scene: &'s Scene<'_>, stay: &Stay) -> &'s ViewInstall {
        let view = scene.history.event(EventId(stay.install)).view();
        view.unwrap_or_else(|| unreachable!("a stay begins with a view"))
    }

    /// The members of the view of a stay that the header knows, as its install names them.
    pub fn members(&self, scene: &Scene<'_>, stay: &Stay) -> Vec<u32> {
        let nodes = scene.history.node_count();
        let members = self.told(scene, stay).members.iter();
        let mut members: Vec<u32> =
            members.map(|m| m.0).filter(|m| (*m as usize) < nodes).collect();
        members.sort_unstable();
        members.dedup();
        members
    }

    /// Whether the view of a stay holds the node.
    pub fn holds(&self, scene: &Scene<'_>, stay: &Stay, node: u32) -> bool {
        self.told(scene, stay).members.contains(&NodeId(node))
    }
}

fn happens_in_a_view(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Broadcast
            | Kind::Deliver
            | Kind::Safe
            | Kind::Block
            | Kind::BlockOk
            | Kind::StateGet
            | Kind::StateSet
            | Kind::Apply
    )
}

/// The group that an event is about, if it can be known.
pub fn group_of(scene: &Scene<'_>, event: Event<'_>) -> Option<u32> {
    if let Some(row) = event.message() {
        return scene.group(row).or_else(|| event.place()?.group);
    }
    let groups = scene.history.groups();
    match event.field("g").and_then(|name| name.as_str()) {
        Some(stated) => groups.iter().position(|(name, _)| name == stated).map(|g| g as u32),
        None => (groups.len() < 2).then_some(0),
    }
}

/// The view that an event says it is about.
pub fn stated_view(event: Event<'_>) -> Option<ViewName> {
    if let Some(place) = event.place() {
        return place.view.clone();
    }
    let text = event.field("view")?.as_str()?;
    let (number, creator) = match text.split_once('.') {
        Some((number, creator)) => (number, Some(creator)),
        None => (text, None),
    };
    Some(ViewName { number: number.parse().ok()?, creator: creator.map(Into::into) })
}

/// The node that a key of an event names.
pub fn named_node(scene: &Scene<'_>, event: Event<'_>, key: &str) -> Option<u32> {
    let name = event.field(key)?.as_str()?;
    scene.history.header.nodes.iter().position(|node| node == name).map(|node| node as u32)
}
