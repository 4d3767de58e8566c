//! How many nodes may fail in one run, of each class of them.

use crate::fault::Fault;
use crate::id::NodeId;
use crate::implementation::Class;
use crate::schedule::{Disturbance, Trouble};
use std::collections::BTreeSet;

/// Profiles that are combined do not know of each other's crashes and liars: beyond the budget of a
/// class, none. Where a profile has the whole group crash and come back, that is what it is for.
pub fn keep(planned: Vec<Vec<Disturbance>>, classes: &[Class], nodes: usize) -> Vec<Disturbance> {
    let mut victims = Victims { classes, chosen: BTreeSet::new() };
    let mut kept = Vec::new();
    for mut disturbances in planned {
        if !everybody_restarts(&disturbances, nodes) {
            disturbances.retain(|disturbance| victims.may(&disturbance.trouble));
        }
        kept.extend(disturbances);
    }
    kept
}

/// Who fails.
struct Victims<'a> {
    classes: &'a [Class],
    chosen: BTreeSet<NodeId>,
}

impl Victims<'_> {
    /// Whether the trouble makes no node fail, or one that may.
    fn may(&mut self, trouble: &Trouble) -> bool {
        let (node, fault) = match (trouble, trouble.liar()) {
            (Trouble::Crash { node, .. }, _) => (*node, Fault::Crash),
            (_, Some(liar)) => (liar, Fault::Byzantine),
            _ => return true,
        };
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
