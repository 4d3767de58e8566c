//! Who is in which view, and who delivered what in it, read from the history alone: for pictures
//! and tables. Whether that is right is the checkers' business.

mod reading;
mod sets;
mod stays;

pub use sets::{Cell, Column, Row, Sets, Went, concerned};
pub use stays::{Ending, Stay, Views, former};

use pepperland_core::history::{Event, History, NONE, ViewInstall, ViewName};
use pepperland_core::id::NodeId;
use std::collections::BTreeSet;

/// Views have so many colours, in turn.
pub const COLOURS: usize = 6;

/// Who is new in a view, and who is no longer in it.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Change {
    /// New members, in the order of the view.
    pub joined: Vec<NodeId>,
    /// Former members, in the order of the former view.
    pub gone: Vec<NodeId>,
}

impl Change {
    /// From one view to the next.
    pub fn between(from: &ViewInstall, to: &ViewInstall) -> Change {
        Change {
            joined: beyond(&to.members, &from.members),
            gone: beyond(&from.members, &to.members),
        }
    }
}

/// Those that are not among the others, each once.
fn beyond(these: &[NodeId], others: &[NodeId]) -> Vec<NodeId> {
    let mut seen: BTreeSet<NodeId> = others.iter().copied().collect();
    these.iter().copied().filter(|node| seen.insert(*node)).collect()
}

/// The group that an event is of, as an index into the history's groups.
pub fn group(history: &History, event: Event<'_>) -> u32 {
    let told = event.view().and_then(|install| install.group);
    let placed = || event.place().and_then(|place| place.group);
    let of_message = || {
        let group = history.message_table().groups().get(event.message()? as usize).copied();
        group.filter(|group| *group != NONE)
    };
    let named = || {
        let name = event.field("g")?.as_str()?;
        let place = history.groups().iter().position(|(group, _)| group == name)?;
        Some(place as u32)
    };
    told.or_else(of_message).or_else(placed).or_else(named).unwrap_or(0)
}

/// The view that an event without columns of its own names.
pub fn named(event: Event<'_>) -> Option<String> {
    event.field("view").map(|view| view.as_str().map_or_else(|| view.to_string(), str::to_owned))
}

/// The id of a view as people read it, cut if it is long.
pub fn name(view: &ViewName) -> String {
    crate::text::short(&view.to_string(), 16)
}

#[cfg(test)]
mod tests;
