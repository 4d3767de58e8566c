//! Snapshots: what the history says of each that was taken or installed.

use crate::membership::stays::{Stay, Stays, group_of, named_node, stated_view};
use crate::scene::Scene;
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, EventId, Kind, NONE, ViewName};

/// One snapshot, where it was taken (`state_get`) or installed (`state_set`).
pub struct Snapshot<'h> {
    /// The event.
    pub event: u32,
    /// Where it happened.
    pub node: u32,
    /// The group whose state it is.
    pub group: u32,
    /// Who took it, if it says so.
    pub from: Option<u32>,
    /// Whether it says who took it, though perhaps by a name that nobody has.
    pub names_donor: bool,
    /// The view it says it is for.
    pub view: Option<ViewName>,
    /// How many positions of the order it covers.
    pub slot: Option<u64>,
    /// The messages it covers, by name.
    pub set: Option<Vec<&'h str>>,
    /// The fingerprint of the state.
    pub hash: Option<String>,
}

impl<'s> Snapshot<'s> {
    /// The snapshot that an event at a node that is not Byzantine tells of, for a group that can be
    /// known.
    pub fn of(scene: &'s Scene<'_>, event: u32) -> Option<Snapshot<'s>> {
        let event = scene.history.event(EventId(event));
        let node = event.node()?.0;
        if scene.case.byzantine.get(node as usize) != Some(&false) {
            return None;
        }
        let set = event.field("set").and_then(|set| set.as_array());
        Some(Snapshot {
            event: event.id.0,
            node,
            group: group_of(scene, event)?,
            from: named_node(scene, event, "from"),
            names_donor: event.field("from").is_some(),
            view: stated_view(event),
            slot: event.field("slot").and_then(|slot| slot.as_u64()),
            set: set.map(|set| set.iter().filter_map(|name| name.as_str()).collect()),
            hash: text(event, "hash"),
        })
    }

    /// The stay for which it was installed: that in the view it states, or else the one in which it
    /// was installed, or the next if it was installed before the first view.
    pub fn joined<'t>(&self, stays: &'t Stays) -> Option<&'t Stay> {
        let fits = |stay: &&Stay| self.view.as_ref().is_none_or(|v| v == stays.name(stay.view));
        match stays.of_event(self.event) {
            Some(here) => Some(here).filter(fits).or_else(|| stays.get(here.next).filter(fits)),
            None => stays.next_of(self.node, self.group, self.event).filter(fits),
        }
    }
}

/// Every snapshot that was installed.
pub fn installed<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = Snapshot<'s>> + 's {
    of_kind(scene, Kind::StateSet)
}

/// Every snapshot that was taken.
pub fn taken<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = Snapshot<'s>> + 's {
    of_kind(scene, Kind::StateGet)
}

fn of_kind<'s>(scene: &'s Scene<'_>, kind: Kind) -> impl Iterator<Item = Snapshot<'s>> + 's {
    let kinds = scene.history.kinds().iter().enumerate().filter(move |(_, k)| **k == kind);
    kinds.filter_map(|(event, _)| Snapshot::of(scene, event as u32))
}

/// A key as text: a string as it is, anything else as JSON.
pub fn text(event: Event<'_>, key: &str) -> Option<String> {
    let value = event.field(key)?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Which position of the order a delivery or an execution states.
pub fn position(event: Event<'_>) -> Option<u64> {
    match event.kind() {
        Kind::Deliver => event.place()?.slot,
        Kind::Apply => event.field("slot")?.as_u64(),
        _ => None,
    }
}

/// From where positions are counted. A snapshot of `n` positions covers those below `n` if they are
/// counted from 0, those up to `n` if from 1. A position 0 shows the former; without one, what lies
/// between the two is neither covered nor not.
pub struct Origin(Map<u32, u32>);

impl Origin {
    /// The first event at a position 0, for each group.
    pub fn of(scene: &Scene<'_>) -> Origin {
        let mut zero = Map::default();
        let acts = scene.history.kinds().iter().enumerate();
        for (event, _) in acts.filter(|(_, k)| matches!(k, Kind::Deliver | Kind::Apply)) {
            let event = scene.history.event(EventId(event as u32));
            let node = event.node().map_or(NONE, |node| node.0);
            let honest = scene.case.byzantine.get(node as usize) == Some(&false);
            let zeroth = honest && position(event) == Some(0);
            if let Some(group) = group_of(scene, event).filter(|_| zeroth) {
                zero.entry(group).or_insert(event.id.0);
            }
        }
        Origin(zero)
    }

    /// Whether the history shows that positions of the group are counted from 0.
    pub fn is_zero(&self, group: u32) -> bool {
        self.0.contains_key(&group)
    }

    /// Whether a snapshot of so many positions surely does not cover this one.
    pub fn is_beyond(&self, group: u32, position: u64, covered: u64) -> bool {
        position > covered || position == covered && self.is_zero(group)
    }

    /// What shows that positions are counted from 0, if that is needed to tell that this one is
    /// not covered, and does not show it itself.
    pub fn shown(&self, group: u32, position: u64, covered: u64) -> Option<EventId> {
        let needed = position == covered && position > 0;
        self.0.get(&group).copied().filter(|_| needed).map(EventId)
    }
}

/// What the history says at all: the stays in each view, and what was delivered in each stay.
pub struct Views {
    in_view: Map<u32, Vec<u32>>,
    acts: Map<u32, Vec<u32>>,
}

impl Views {
    /// Those of the scene. O(events).
    pub fn of(scene: &Scene<'_>, stays: &Stays) -> Views {
        let mut views = Views { in_view: Map::default(), acts: Map::default() };
        for (number, stay) in stays.all.iter().enumerate() {
            views.in_view.entry(stay.view).or_default().push(number as u32);
        }
        for (event, kind) in scene.history.kinds().iter().enumerate() {
            let stay = stays.at[event];
            if matches!(kind, Kind::Deliver | Kind::Apply) && stay != NONE {
                views.acts.entry(stay).or_default().push(event as u32);
            }
        }
        views
    }

    /// The stays in a view that came from another view.
    pub fn survivors<'t>(&'t self, stays: &'t Stays, view: u32) -> impl Iterator<Item = &'t Stay> {
        let here = self.in_view.get(&view).into_iter().flatten();
        here.filter_map(|stay| stays.get(*stay)).filter(|stay| stay.before != NONE)
    }

    /// The deliveries and executions in a stay.
    pub fn acts(&self, stay: u32) -> &[u32] {
        self.acts.get(&stay).map_or(&[], Vec::as_slice)
    }

    /// The first delivery of each message, and the first act at each position, that those who went
    /// from the view `from` to the view `to` did in `from`.
    pub fn known(&self, scene: &Scene<'_>, stays: &Stays, from: u32, to: u32) -> Vec<u32> {
        let mut seen = pepperland_core::collections::Set::default();
        let came = self
            .survivors(stays, to)
            .filter(|stay| stays.get(stay.before).is_some_and(|before| before.view == from));
        let acts = came.flat_map(|stay| self.acts(stay.before)).copied();
        let what = |event: u32| {
            let event = scene.history.event(EventId(event));
            (event.message(), position(event))
        };
        acts.filter(|event| seen.insert(what(*event))).collect()
    }
}

/// Where the state that a snapshot is to stand for comes from: the view that the survivors came
/// from, if it can be told, and is not that of the joiner.
pub fn source(stays: &Stays, views: &Views, snapshot: &Snapshot<'_>, joined: &Stay) -> Option<u32> {
    let mut survivors =
        views.survivors(stays, joined.view).filter(|stay| stay.node != snapshot.node);
    let origin = |stay: &Stay| stays.get(stay.before).map_or(NONE, |before| before.view);
    let from = if snapshot.names_donor {
        survivors.find(|stay| Some(stay.node) == snapshot.from).map(origin)?
    } else {
        let first = survivors.next().map(origin)?;
        survivors.all(|stay| origin(stay) == first).then_some(first)?
    };
    (origin(joined) != from).then_some(from)
}

/// What each node did at all: which messages it delivered, which positions it came to.
#[derive(Default)]
pub struct Doings {
    messages: pepperland_core::collections::Set<(u32, u32)>,
    positions: pepperland_core::collections::Set<(u32, u32, u64)>,
}

impl Doings {
    /// Those of the scene. O(events).
    pub fn of(scene: &Scene<'_>) -> Doings {
        let mut doings = Doings::default();
        for event in scene.history.events() {
            if !matches!(event.kind(), Kind::Deliver | Kind::Apply) {
                continue;
            }
            let node = event.node().map_or(NONE, |node| node.0);
            doings.messages.extend(event.message().map(|row| (node, row)));
            if let (Some(position), Some(group)) = (position(event), group_of(scene, event)) {
                doings.positions.insert((node, group, position));
            }
        }
        doings
    }

    /// Whether the node delivered the message.
    pub fn delivered(&self, node: u32, row: u32) -> bool {
        self.messages.contains(&(node, row))
    }

    /// Whether the node came to the position.
    pub fn reached(&self, node: u32, group: u32, position: u64) -> bool {
        self.positions.contains(&(node, group, position))
    }
}
