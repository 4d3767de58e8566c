//! The states that a run goes through, abstracted from the protocol: what is going wrong, how many
//! nodes are down, whether views differ, and how many messages some nodes have delivered and others
//! have not. Where a fault meets an obligation that is open, the two stand in one state: the
//! critical obligations are among them (states of an abstract model as coverage; Gulcan, Ozkan,
//! Majumdar & Nagendra, OOPSLA 2025).

use pepperland_core::history::{Event, History, Kind, ViewName};
use pepperland_core::id::NodeId;
use pepperland_core::seed::mix;
use std::collections::{BTreeMap, BTreeSet};

/// The states, as numbers. O(events · log events).
pub fn states(history: &History) -> impl Iterator<Item = u64> + '_ {
    let mut state = State::of(history.node_count());
    history.events().filter_map(move |event| state.number_after(&event))
}

/// What a run has come to.
struct State {
    nodes: usize,
    /// Disturbances of links at work, by their number in the schedule.
    at_work: BTreeMap<u64, Kind>,
    down: BTreeSet<NodeId>,
    views: BTreeMap<NodeId, ViewName>,
    /// How many nodes have delivered each message, by row.
    delivered: BTreeMap<u32, usize>,
    /// How many messages some have delivered and some have not.
    unstable: usize,
}

impl State {
    fn of(nodes: usize) -> State {
        State {
            nodes,
            at_work: BTreeMap::new(),
            down: BTreeSet::new(),
            views: BTreeMap::new(),
            delivered: BTreeMap::new(),
            unstable: 0,
        }
    }

    /// The number of the state after an event of a kind that may change it.
    fn number_after(&mut self, event: &Event<'_>) -> Option<u64> {
        self.changed_by(event).then(|| self.number())
    }

    /// Whether an event is of a kind that may change the state.
    fn changed_by(&mut self, event: &Event<'_>) -> bool {
        let number = event.field("id").and_then(|id| id.as_u64());
        match (event.kind(), event.node(), number) {
            (Kind::Crash | Kind::Pause, Some(node), _) => drop(self.down.insert(node)),
            (Kind::Recover | Kind::Resume, Some(node), _) => drop(self.down.remove(&node)),
            (Kind::View, Some(node), _) => {
                let view = event.view().map(|install| install.view.clone());
                self.views.extend(view.map(|view| (node, view)));
            }
            (Kind::Deliver, Some(_), _) => self.deliver(event.message()),
            (Kind::Heal, None, Some(id)) => drop(self.at_work.remove(&id)),
            (kind, None, Some(id)) => drop(self.at_work.insert(id, kind)),
            _ => return false,
        }
        true
    }

    fn deliver(&mut self, message: Option<u32>) {
        let Some(row) = message else { return };
        let count = self.delivered.entry(row).or_default();
        *count += 1;
        let (count, all) = (*count, self.nodes);
        // One that is delivered twice by somebody counts as if another had it: states are a sketch.
        self.unstable += usize::from(count == 1 && all > 1);
        self.unstable -= usize::from(count == all && all > 1);
    }

    fn number(&self) -> u64 {
        let views: BTreeSet<&ViewName> = self.views.values().collect();
        let kinds: BTreeSet<u64> = self.at_work.values().map(|kind| *kind as u64).collect();
        let unstable = self.unstable.min(4) as u64;
        let counted = mix(unstable << 32 | (self.down.len() as u64) << 16 | views.len() as u64);
        kinds.into_iter().fold(counted, |sum, kind| mix(sum ^ kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::history::lanes::lanes;

    fn seen(picture: &str) -> usize {
        states(&lanes(picture)).collect::<BTreeSet<_>>().len()
    }

    #[test]
    fn what_is_delivered_by_some_alone_is_a_state_of_its_own_and_names_do_not_matter() {
        assert_eq!(seen("n1: !a a\nn2:      a"), 2, "unstable, stable");
        assert_eq!(seen("n1: !a a   !b b\nn2:      a      b"), 2, "again and again");
        assert_eq!(seen("n1: !a a #\nn2:        a"), 3, "… and with a node down");
    }

    #[test]
    fn views_that_differ_are_a_state() {
        assert_eq!(seen("n1: {1,2}\nn2: {1,2}"), 1);
        assert_eq!(seen("n1: {1,2}      {1}\nn2: {1,2}"), 2);
    }
}
