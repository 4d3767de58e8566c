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
