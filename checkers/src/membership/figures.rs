//! How groups do with their views, in figures.
//!
//! | figure | meaning |
//! |---|---|
//! | blocked | for how long an application is kept from multicasting: from a block to the next view |
//! | excluded | from a crash or a leave of a member to the view without it, at each other member |
//! | included | from a restart or a request to join to the view with it, at each member |
//! | views per change | views installed, for each crash, leave, restart and request to join |
//!
//! What a crash, or the end of the run, cuts short is not among the spans. More views than changes
//! are the price of suspicions that were wrong, and of changes in the middle of others (Chockler,
//! Keidar & Vitenberg 2001, on obsolete views).

use crate::spread::Spread;
use pepperland_core::history::{Event, History, Kind, ViewName};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// The figures of one history, or of many together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ViewFigures {
    /// From a block to the next view.
    pub blocked: Spread,
    /// From a crash or a leave to the view without the node.
    pub excluded: Spread,
    /// From a restart or a request to join to the view with the node.
    pub included: Spread,
    /// How many views were installed by anybody after its first.
    pub views: u64,
    /// How many crashes, leaves, restarts and requests to join there were.
    pub changes: u64,
}

impl ViewFigures {
    /// The figures of a history. O(events · nodes at each change).
    pub fn of(history: &History) -> ViewFigures {
        let mut reading = Reading::default();
        history.events().for_each(|event| reading.read(event));
        let mut figures = reading.figures;
        figures.views = reading.views.len() as u64;
        figures
    }

    /// The figures of all of these together.
    pub fn together<'f>(all: impl IntoIterator<Item = &'f ViewFigures>) -> ViewFigures {
        all.into_iter().fold(ViewFigures::default(), |sum, one| ViewFigures {
            blocked: sum.blocked.and(one.blocked),
            excluded: sum.excluded.and(one.excluded),
            included: sum.included.and(one.included),
            views: sum.views + one.views,
            changes: sum.changes + one.changes,
        })
    }

    /// Views for each change; none without any change.
    pub fn views_per_change(&self) -> Option<f64> {
        (self.changes > 0).then(|| self.views as f64 / self.changes as f64)
    }
}

/// What is known on the way through a history.
#[derive(Default)]
struct Reading {
    figures: ViewFigures,
    /// Each node in each group.
    stays: BTreeMap<(NodeId, Option<u32>), Stay>,
    views: BTreeSet<(Option<u32>, ViewName)>,
}

/// A node in a group.
#[derive(Default)]
struct Stay {
    members: Vec<NodeId>,
    blocked: Option<Time>,
    /// Whom the next view should be without or with, and since when.
    awaited: BTreeMap<NodeId, (Turn, Time)>,
}

/// What a member does.
#[derive(Copy, Clone, Eq, PartialEq)]
enum Turn {
    Goes,
    Comes,
}

impl Reading {
    fn read(&mut self, event: Event<'_>) {
        let Some(node) = event.node() else { return };
        let at = event.time();
        match event.kind() {
            Kind::Crash => {
                self.turns(node, Turn::Goes, at);
                self.stays.retain(|(of, _), _| *of != node);
            }
            Kind::Leave => self.turns(node, Turn::Goes, at),
            Kind::Recover | Kind::Join => self.turns(node, Turn::Comes, at),
            Kind::Block => {
                let stays = self.stays.iter_mut().filter(|((of, _), _)| *of == node);
                stays.for_each(|(_, stay)| stay.blocked = stay.blocked.or(Some(at)));
            }
            Kind::View => self.install(node, event, at),
            _ => {}
        }
    }

    /// A member goes or comes: whoever is in a view with or without it waits for another.
    fn turns(&mut self, node: NodeId, turn: Turn, at: Time) {
        self.figures.changes += 1;
        for stay in self.stays.iter_mut().filter(|((of, _), _)| *of != node).map(|(_, stay)| stay) {
            let is_due = stay.members.contains(&node) == (turn == Turn::Goes);
            match is_due {
                true => stay.awaited.insert(node, (turn, at)),
                false => stay.awaited.remove(&node),
            };
        }
    }

    fn install(&mut self, node: NodeId, event: Event<'_>, at: Time) {
        let Some(view) = event.view() else { return };
        let is_first = !self.stays.contains_key(&(node, view.group));
        let stay = self.stays.entry((node, view.group)).or_default();
        stay.members.clone_from(&view.members);
        let figures = &mut self.figures;
        let mut sample = |into: fn(&mut ViewFigures) -> &mut Spread, since: Time| {
            let spread = into(figures);
            *spread = spread.and(Spread::of(&[at.since(since)]));
        };
        if let Some(since) = stay.blocked.take() {
            sample(|figures| &mut figures.blocked, since);
        }
        stay.awaited.retain(|member, (turn, since)| {
            let is_in = view.members.contains(member);
            match turn {
                Turn::Goes if !is_in => sample(|figures| &mut figures.excluded, *since),
                Turn::Comes if is_in => sample(|figures| &mut figures.included, *since),
                _ => return true,
            }
            false
        });
        if !is_first {
            self.views.insert((view.group, view.view.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoken::spoken;
    use pepperland_core::time::Span;
    use serde_json::json;

    fn figures(words: &str) -> ViewFigures {
        let header = json!({"failure_model": "crash-recovery"});
        ViewFigures::of(&spoken(&header, words))
    }

    fn spread(spans: &[u64]) -> Spread {
        Spread::of(&spans.iter().map(|span| Span(*span)).collect::<Vec<_>>())
    }

    const FIRST: &str = "@0 n1 view view=\"1\" members=[\"n1\",\"n2\",\"n3\"]
                         @0 n2 view view=\"1\" members=[\"n1\",\"n2\",\"n3\"]
                         @0 n3 view view=\"1\" members=[\"n1\",\"n2\",\"n3\"]\n";

    #[test]
    fn a_crash_blocks_for_a_while_and_excludes() {
        let told = figures(&format!(
            "{FIRST} @10 n3 crash
             @20 n1 block view=\"1\"; @22 n2 block view=\"1\"
             @30 n1 view view=\"2\" members=[\"n1\",\"n2\"]; @31 n2 view view=\"2\" members=[\"n1\",\"n2\"]"
        ));
        let wanted = ViewFigures {
            blocked: spread(&[10, 9]),
            excluded: spread(&[20, 21]),
            included: spread(&[]),
            views: 1,
            changes: 1,
        };
        assert_eq!(told, wanted);
        assert_eq!(told.views_per_change(), Some(1.0));
    }

    #[test]
    fn who_comes_back_before_it_was_missed_is_no_longer_awaited_as_gone() {
        let told = figures(&format!(
            "{FIRST} @10 n3 crash; @12 n3 recover
             @30 n1 view view=\"2\" members=[\"n1\",\"n2\",\"n3\"]"
        ));
        assert_eq!((told.excluded, told.included.count, told.changes), (spread(&[]), 0, 2));
    }

    #[test]
    fn who_joins_is_awaited_by_those_who_have_a_view() {
        let told = figures(
            "@0 n1 view view=\"1\" members=[\"n1\"]; @5 n2 join
             @9 n1 view view=\"2\" members=[\"n1\",\"n2\"]; @9 n2 view view=\"2\" members=[\"n1\",\"n2\"]",
        );
        assert_eq!((told.included, told.views, told.changes), (spread(&[4]), 1, 1));
    }

    #[test]
    fn without_views_there_is_nothing() {
        assert_eq!(figures("n1 crash").views_per_change(), Some(0.0));
        assert_eq!(figures("").views_per_change(), None);
    }
}
