//! Readings of clocks.
//!
//! A reading says what a node's clock showed at an instant: `true` where it is stated, else the
//! time of the event. On a virtual clock instants are exact. On a real one each is off by up to the
//! clock's error, which is granted for every reading that a bound is held against. What a Byzantine
//! node says of its clock is void.

use crate::scene::Scene;
use pepperland_core::checker::Case;
use pepperland_core::history::{Event, EventId, Kind};
use pepperland_core::id::NodeId;
use serde_json::Value;

/// One reading.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The event.
    pub event: EventId,
    /// Whose clock.
    pub node: NodeId,
    /// In which incarnation.
    pub incarnation: u32,
    /// What it showed, ns.
    pub local: i128,
    /// When that was, ns.
    pub instant: i128,
}

/// The readings at nodes that are not Byzantine, in the order of the history. O(events).
pub fn readings(case: &Case<'_>) -> Vec<Reading> {
    let mut incarnations = vec![0_u32; case.history.node_count()];
    let mut found = Vec::new();
    for (id, kind) in (0..).zip(case.history.kinds()) {
        if !matches!(kind, Kind::Clock | Kind::Recover) {
            continue;
        }
        let event = case.history.event(EventId(id));
        let Some(node) = event.node().filter(|n| case.byzantine.get(n.index()) == Some(&false))
        else {
            continue;
        };
        if *kind == Kind::Recover {
            incarnations[node.index()] += 1;
        } else if let Some(local) = whole(event, "local") {
            let instant = whole(event, "true").unwrap_or(i128::from(event.time().0));
            let incarnation = incarnations[node.index()];
            found.push(Reading { event: event.id, node, incarnation, local, instant });
        }
    }
    found
}

fn whole(event: Event<'_>, key: &str) -> Option<i128> {
    let value: &Value = event.field(key)?;
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

/// How far each instant may be off, ns.
pub fn error(scene: &Scene<'_>) -> i128 {
    if scene.is_virtual() { 0 } else { scene.history.header.clock_error.unwrap_or(0).into() }
}

impl Reading {
    /// `n1's clock showed 5`.
    pub fn says(&self, case: &Case<'_>) -> String {
        format!("{}'s clock showed {} ns", case.history.node_name(self.node), self.local)
    }
}

/// Pairs of readings of one clock that follow each other in one incarnation.
pub fn steps(readings: &[Reading]) -> impl Iterator<Item = [Reading; 2]> + '_ {
    let mut last = std::collections::BTreeMap::new();
    readings.iter().filter_map(move |reading| {
        let before = last.insert((reading.node, reading.incarnation), *reading)?;
        Some([before, *reading])
    })
}
