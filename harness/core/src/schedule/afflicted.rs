//! Which nodes a schedule afflicts, and when.

use crate::id::NodeId;
use crate::schedule::{Disturbance, Failing, Ration, Schedule, Trouble};
use crate::time::Time;
use std::collections::BTreeSet;

impl Schedule {
    /// The nodes that lie at any time, in order: what is recorded at them is void.
    pub fn liars(&self) -> BTreeSet<NodeId> {
        self.disturbances.iter().filter_map(|disturbance| disturbance.trouble.liar()).collect()
    }

    /// Whether a pause of the node is at work at this instant, which is no longer its last.
    pub fn pauses(&self, node: NodeId, at: Time) -> bool {
        self.at_work(at).any(|trouble| matches!(trouble, Trouble::Pause { node: n } if *n == node))
    }

    /// Whether a skew of the node's clock is at work at this instant, which is no longer its last.
    pub fn skews(&self, node: NodeId, at: Time) -> bool {
        let skew =
            |trouble: &Trouble| matches!(trouble, Trouble::Skew { node: n, .. } if *n == node);
        self.at_work(at).any(skew)
    }

    /// What a node is left with of its machine at this instant.
    pub fn rations(&self, node: NodeId, at: Time) -> impl Iterator<Item = Ration> {
        self.at_work(at).filter_map(move |trouble| match trouble {
            Trouble::Starve { node: n, ration } if *n == node => Some(*ration),
            _ => None,
        })
    }

    /// How a node's disk fails at this instant, in the order of the schedule.
    pub fn failing(&self, node: NodeId, at: Time) -> impl Iterator<Item = Failing> {
        self.at_work(at).filter_map(move |trouble| match trouble {
            Trouble::Disk { node: n, how } if *n == node => Some(*how),
            _ => None,
        })
    }

    fn at_work(&self, at: Time) -> impl Iterator<Item = &Trouble> {
        let now = move |d: &&Disturbance| {
            let (begin, end) = d.window(&self.header);
            begin <= at && end.is_none_or(|end| at < end)
        };
        self.disturbances.iter().filter(now).map(|d| &d.trouble)
    }
}
