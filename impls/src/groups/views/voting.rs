//! Dynamic voting: which views may be primary (Jajodia & Mutchler 1990; attempts as in Lotem,
//! Keidar & Dolev 1997).
//!
//! ```text
//! last:       the last primary view that the node is known to have been in
//! attempts:   primary views that it has accepted since, and that may have been installed somewhere
//! Members may form a primary view if, of all that its participants know, more than half of the
//!             members of the last primary view and of each attempt after it are among them
//! On accept:  attempts := attempts + {view}, in stable storage before the answer
//! On install: last := view;  attempts := those after it
//! ```

use crate::groups::views::planted::Planted;
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};

/// What a node knows of primary views; nothing where every view will do.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Ballot {
    last: Ordinal,
    attempts: Vec<Ordinal>,
}

/// A primary view by its number.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
struct Ordinal {
    number: u64,
    members: Vec<NodeId>,
}

impl Ballot {
    /// The first view of the group was primary.
    pub fn first(number: u64, members: &[NodeId]) -> Ballot {
        let last = Ordinal { number, members: members.to_vec() };
        Ballot { last, attempts: Vec::new() }
    }

    /// The number of the last primary view.
    pub fn last(&self) -> u64 {
        self.last.number
    }

    /// A primary view is accepted, and may come to be.
    pub fn attempt(&mut self, number: u64, members: &[NodeId]) {
        self.attempts.push(Ordinal { number, members: members.to_vec() });
    }

    /// A primary view is installed.
    pub fn install(&mut self, number: u64, members: &[NodeId]) {
        self.last = Ordinal { number, members: members.to_vec() };
        self.attempts.retain(|attempt| attempt.number > number);
    }

    /// What all of these know together.
    fn merged<'b>(ballots: impl Iterator<Item = &'b Ballot>) -> Ballot {
        let mut merged = Ballot::default();
        for ballot in ballots {
            merged.attempts.extend(ballot.attempts.iter().cloned());
            if ballot.last.number > merged.last.number {
                merged.last = ballot.last.clone();
            }
        }
        let last = merged.last.number;
        merged.attempts.retain(|attempt| attempt.number > last);
        merged
    }
}

/// Who may form a primary view.
pub struct Election<'e> {
    /// The members of the first view.
    pub electorate: &'e [NodeId],
    /// The flaw that is switched on.
    pub planted: Option<Planted>,
}

impl Election<'_> {
    /// Those among `wanting` and, where they are needed for it, `leaving` who may form a primary
    /// view by what these ballots say; none if nobody may.
    pub fn members<'b>(
        &self,
        ballots: impl Iterator<Item = &'b Ballot>,
        wanting: Vec<NodeId>,
        leaving: &[NodeId],
    ) -> Option<Vec<NodeId>> {
        let known = Ballot::merged(ballots);
        if self.is_quorum(&known, &wanting) {
            return Some(wanting);
        }
        let mut all = [&wanting, leaving].concat();
        all.sort_unstable();
        self.is_quorum(&known, &all).then_some(all)
    }

    fn is_quorum(&self, known: &Ballot, nodes: &[NodeId]) -> bool {
        let majority = |members: &[NodeId]| {
            let here = members.iter().filter(|member| nodes.contains(member)).count();
            let half = self.planted == Some(Planted::HalfIsEnough);
            2 * here > members.len() || half && 2 * here == members.len()
        };
        let attempts = || known.attempts.iter().all(|attempt| majority(&attempt.members));
        match self.planted {
            Some(Planted::MinorityGoesOn) => true,
            Some(Planted::MajorityOfStaticSet) => majority(self.electorate),
            _ => majority(&known.last.members) && attempts(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(numbers: &[u32]) -> Vec<NodeId> {
        numbers.iter().map(|n| NodeId(n - 1)).collect()
    }

    fn first() -> Ballot {
        Ballot::first(1, &nodes(&[1, 2, 3, 4]))
    }

    fn members(ballots: &[Ballot], wanting: &[u32], leaving: &[u32]) -> Option<Vec<NodeId>> {
        let election = Election { electorate: &nodes(&[1, 2, 3, 4]), planted: None };
        election.members(ballots.iter(), nodes(wanting), &nodes(leaving))
    }

    #[test]
    fn half_of_the_last_primary_view_is_not_enough() {
        assert_eq!(members(&[first()], &[1, 2], &[]), None);
        assert_eq!(members(&[first()], &[1, 2, 3], &[]), Some(nodes(&[1, 2, 3])));
        assert_eq!(members(&[first()], &[1, 2, 5, 6], &[]), None, "those who come do not count");
    }

    #[test]
    fn the_last_primary_view_is_the_last_that_anybody_knows() {
        let mut later = first();
        later.install(5, &nodes(&[1, 2, 3]));
        assert_eq!(members(&[later.clone()], &[1, 2], &[]), Some(nodes(&[1, 2])));
        assert_eq!(members(&[first(), later.clone()], &[1, 2], &[]), Some(nodes(&[1, 2])));
        assert_eq!(members(&[first(), later], &[1, 3, 4], &[]), Some(nodes(&[1, 3, 4])));
    }

    #[test]
    fn what_was_accepted_and_may_be_installed_is_asked_for_as_well() {
        let mut accepted = first();
        accepted.attempt(5, &nodes(&[1, 2, 3]));
        assert_eq!(members(&[accepted.clone()], &[1, 4, 2], &[]), Some(nodes(&[1, 4, 2])));
        assert_eq!(members(&[accepted.clone(), first()], &[1, 4, 5], &[]), None);
        accepted.install(6, &nodes(&[3, 4]));
        assert_eq!(members(&[accepted], &[3, 4], &[]), Some(nodes(&[3, 4])), "it is past");
    }

    #[test]
    fn who_leaves_stays_where_it_is_needed() {
        assert_eq!(members(&[first()], &[1, 2, 3], &[4]), Some(nodes(&[1, 2, 3])));
        assert_eq!(members(&[first()], &[1, 2], &[3, 4]), Some(nodes(&[1, 2, 3, 4])));
    }
}
