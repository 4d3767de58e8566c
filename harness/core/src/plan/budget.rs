//! How many nodes may fail in one run, of each class of them, unless more were asked for.

use crate::fault::Fault;
use crate::id::NodeId;
use crate::implementation::Class;
use crate::schedule::{Disturbance, Trouble};
use std::collections::BTreeSet;

/// Profiles that are combined do not know of each other's crashes and liars: beyond the budget of a
/// class, none. Where a profile has the whole group crash and come back, that is what it is for.
pub fn keep(planned: Vec<Planned>, classes: &[Class], nodes: usize) -> Vec<Disturbance> {
    let mut victims = Victims { classes, chosen: BTreeSet::new() };
    let mut kept = Vec::new();
    for Planned { mut disturbances, exceeds } in planned {
        if exceeds {
            victims.chosen.extend(disturbances.iter().filter_map(|d| Some(failure(&d.trouble)?.0)));
        } else if !everybody_restarts(&disturbances, nodes) {
            disturbances.retain(|disturbance| victims.may(&disturbance.trouble));
        }
        kept.extend(disturbances);
    }
    kept
}

/// What one profile has planned.
pub struct Planned {
    pub disturbances: Vec<Disturbance>,
    /// Whether more nodes may fail than the budget allows, since that was asked for.
    pub exceeds: bool,
}

/// The node that the trouble makes fail, if it makes one, and how.
fn failure(trouble: &Trouble) -> Option<(NodeId, Fault)> {
    match trouble {
        Trouble::Crash { node, .. } => Some((*node, Fault::Crash)),
        other => other.liar().map(|liar| (liar, Fault::Byzantine)),
    }
}

/// Who fails.
struct Victims<'a> {
    classes: &'a [Class],
    chosen: BTreeSet<NodeId>,
}

impl Victims<'_> {
    /// Whether the trouble makes no node fail, or one that may.
    fn may(&mut self, trouble: &Trouble) -> bool {
        let Some((node, fault)) = failure(trouble) else { return true };
        let Some(class) = self.classes.iter().find(|class| class.holds(node)) else { return false };
        let failing = self.chosen.iter().filter(|victim| class.holds(**victim)).count();
        let may = class.most(fault) > 0;
        may && (self.chosen.contains(&node) || failing < class.most && self.chosen.insert(node))
    }
}

fn everybody_restarts(disturbances: &[Disturbance], nodes: usize) -> bool {
    let restarts = disturbances.iter().filter_map(|d| match d.trouble {
        Trouble::Crash { node, .. } if d.until.is_some() => Some(node),
        _ => None,
    });
    restarts.collect::<BTreeSet<_>>().len() == nodes
}
