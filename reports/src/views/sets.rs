//! Who delivered what in a view, as sets, by where each node went from it.

use super::reading::{Named, Reading};
use pepperland_core::history::{EventId, History, Kind, ViewName};
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// The properties whose violation such sets explain.
const PROPERTIES: &[&str] = &[
    "virtual-synchrony",
    "view-atomicity",
    "not-in-next-view",
    "dynamic-uniformity",
    "same-view-delivery",
    "sending-view-delivery",
    "weak-sending-view-delivery",
    "extended-virtual-synchrony",
];

/// One view: its nodes, and what they delivered in it.
pub struct Sets<'h> {
    /// The group, where there are several.
    pub group: Option<&'h str>,
    /// The view.
    pub view: &'h ViewName,
    /// Those who were in it, together with those who went the same way.
    pub columns: Vec<Column<'h>>,
    /// The messages that anybody delivered in it: those of the proof first, then those in which
    /// nodes that went the same way differ.
    pub rows: Vec<Row<'h>>,
}

/// One node in a view.
#[derive(Debug)]
pub struct Column<'h> {
    /// The node.
    pub node: NodeId,
    /// How often it had restarted, forgetting.
    pub restarts: u32,
    /// Where it went.
    pub went: Went<'h>,
    /// Whether the proof names it.
    pub proves: bool,
    /// The last snapshot that may stand for messages of the view: installed while in it or, at a
    /// node that joined later than others, its first.
    pub snapshot: Option<EventId>,
}

/// Where a node went from a view.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Went<'h> {
    /// To the next view.
    To(&'h ViewName),
    /// Nowhere: it is in it to the end.
    Nowhere,
    /// Nowhere: it crashed.
    Crashed,
}

/// One message.
#[derive(Debug)]
pub struct Row<'h> {
    /// Its row in the history's table.
    pub message: u32,
    /// The view in which it was multicast.
    pub sent: Option<&'h ViewName>,
    /// For each column.
    pub cells: Vec<Cell<'h>>,
    /// Whether the proof names it.
    pub proves: bool,
    /// Whether nodes that went on to the same view differ.
    pub differs: bool,
}

/// What a node did with a message.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Cell<'h> {
    /// It delivered it in the view.
    Delivered(EventId),
    /// It delivered it in another view, or in none.
    Elsewhere(Option<&'h ViewName>, EventId),
    /// It did not deliver it, but installed a snapshot after the multicast, which may stand for it.
    Snapshot,
    /// It did not deliver it.
    Lacks,
}

/// The views that matter for a violation: in which a message of the proof was delivered, or, if
/// there is none, in which nodes that went the same way differ. Empty for other properties.
pub fn concerned<'h>(history: &'h History, property: &str, proof: &[EventId]) -> Vec<Sets<'h>> {
    if !PROPERTIES.contains(&property) || !history.has(Kind::View) {
        return Vec::new();
    }
    let all = Reading::of(history).sets(&Named::of(history, proof));
    let any = |wanted: fn(&Row<'_>) -> bool| all.iter().any(|sets| sets.rows.iter().any(wanted));
    let proves = any(|row| row.proves);
    let matters = |row: &Row<'_>| if proves { row.proves } else { row.differs };
    all.into_iter().filter(|sets| sets.rows.iter().any(matters)).collect()
}

impl Sets<'_> {
    /// Which columns to show if there is room for so many only, in their order: those of the proof
    /// first, then of those that went the same way and did the same with the first row one each,
    /// then a second each, and so on.
    pub fn shown(&self, room: usize) -> Vec<usize> {
        let mut alike: BTreeMap<(Went<'_>, bool), usize> = BTreeMap::new();
        let mut rank = |at: usize| {
            let column = &self.columns[at];
            let cell = self.rows.first().map(|row| row.cells[at]);
            let has = matches!(cell, Some(Cell::Delivered(_)));
            let before = alike.entry((column.went, has)).or_default();
            *before += 1;
            (!column.proves, *before)
        };
        let mut columns: Vec<usize> = (0..self.columns.len()).collect();
        columns.sort_by_cached_key(|at| rank(*at));
        columns.truncate(room);
        columns.sort_unstable();
        columns
    }
}
