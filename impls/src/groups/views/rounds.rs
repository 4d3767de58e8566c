//! The rounds by which nodes within reach of each other agree on the next view: what they say, and
//! what the coordinator of a round keeps.

use crate::groups::views::change::Change;
use crate::groups::views::reach::{Beat, Standing};
use crate::groups::views::report::Report;
use crate::groups::views::voting::Ballot;
use pepperland_core::contract::ViewId;
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name of a round. Nodes leave a round only for a greater one.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub struct Round {
    /// Greater than that of any round that the coordinator had seen.
    pub number: u64,
    /// Who began it.
    pub coordinator: NodeId,
    /// In which of its lives.
    pub incarnation: u32,
}

/// What is sent below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Frame<M> {
    /// The sender is there.
    Beat(Beat),
    /// A multicast in a view, by its number among those of the sender in that view.
    Data {
        /// The view.
        view: ViewId,
        /// The number, from 1.
        number: u64,
        /// What was multicast.
        m: M,
    },
    /// To this node alone, whatever the view.
    Single(M),
    /// Leave the view behind and say what you have.
    Prepare(Round),
    /// The receiver's round is behind one of this number.
    Refuse {
        /// The receiver's round.
        round: Round,
        /// The number of the one promised.
        promised: u64,
    },
    /// What the sender has.
    Flush {
        /// For which round.
        round: Round,
        /// What it has.
        flush: Flush<M>,
    },
    /// How the receiver is to get to the next view.
    Propose {
        /// In which round.
        round: Round,
        /// By which steps.
        change: Change<M>,
    },
    /// The sender is ready to take these steps.
    Accept(Round),
    /// Take the steps.
    Install(Round),
    /// The sender has taken them; told where somebody must be the first.
    Installed(Round),
}

/// What a node says when it leaves a view behind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flush<M> {
    /// Whether it wants to be in the next view.
    pub wants: bool,
    /// The view it comes from.
    pub from: Option<Past>,
    /// The view that it has accepted since, and in which round.
    pub accepted: Option<(Round, ViewId)>,
    /// The greatest number of a view that it has seen.
    pub highest: u64,
    /// What it has of the multicasts of its view.
    pub report: Report<M>,
    /// What it knows of primary views.
    pub ballot: Ballot,
}

/// The view a node comes from.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub struct Past {
    /// Its id.
    pub id: ViewId,
    /// Its members.
    pub members: Vec<NodeId>,
    /// Whether the node has left it for no other.
    pub left: bool,
}

/// Those who take part in a round: their lives and whether they want to be members.
pub type Company = BTreeMap<NodeId, (u32, bool)>;

/// What the coordinator of a round keeps.
pub struct Lead<M> {
    /// Which round.
    pub round: Round,
    /// Who takes part.
    pub company: Company,
    /// What they have said.
    pub flushes: BTreeMap<NodeId, Flush<M>>,
    /// Whether a view was proposed, or none may be formed.
    pub decided: Decided,
    /// Who is ready.
    pub accepted: BTreeSet<NodeId>,
    /// How many periods it has lasted.
    pub age: u32,
}

/// How far a round has come.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Decided {
    /// Not everybody has said what it has.
    Open,
    /// A view was proposed.
    Proposed,
    /// These nodes may form no view.
    Refused,
}

impl<M: Clone> Lead<M> {
    /// A round of this company.
    pub fn new(round: Round, company: Company) -> Lead<M> {
        let (flushes, accepted) = (BTreeMap::new(), BTreeSet::new());
        Lead { round, company, flushes, decided: Decided::Open, accepted, age: 0 }
    }

    /// What a flawed coordinator does when a majority has flushed: the others have what it has.
    pub fn answer_for_the_silent(&mut self, me: NodeId) {
        let Some(own) = self.flushes.get(&me) else { return };
        if 2 * self.flushes.len() > self.company.len() {
            let (wants, from, highest) = (true, own.from.clone(), own.highest);
            let (report, ballot) = (Report::default(), own.ballot.clone());
            let same = Flush { wants, from, accepted: None, highest, report, ballot };
            for node in self.company.keys() {
                self.flushes.entry(*node).or_insert_with(|| same.clone());
            }
        }
    }

    /// Who has not said what it has.
    pub fn silent(&self) -> impl Iterator<Item = NodeId> {
        let silent = self.company.keys().filter(|p| !self.flushes.contains_key(p));
        silent.copied()
    }

    /// Whether everybody has said what it has, and nothing was decided.
    pub fn is_complete(&self) -> bool {
        self.decided == Decided::Open && self.flushes.len() == self.company.len()
    }

    /// Those who have but accepted a view that another comes from, and in which round.
    pub fn behind(&self) -> Vec<(NodeId, Round)> {
        let comes_from = |id: ViewId| {
            let mut pasts = self.flushes.values().filter_map(|flush| flush.from.as_ref());
            pasts.any(|past| past.id == id)
        };
        let accepted = self.flushes.iter().filter_map(|(p, flush)| Some((*p, flush.accepted?)));
        let behind = accepted.filter(|(_, (_, id))| comes_from(*id));
        behind.map(|(p, (round, _))| (p, round)).collect()
    }

    /// Those who come from the last primary view, of whom one must be the first in the next;
    /// everybody if nobody does.
    pub fn heirs(&self) -> Vec<NodeId> {
        let last = self.flushes.values().map(|flush| flush.ballot.last()).max();
        let comes = |flush: &Flush<M>| flush.from.as_ref().map(|past| past.id.number) == last;
        let heirs = self.flushes.iter().filter(|(_, flush)| flush.wants && comes(flush));
        let heirs = heirs.map(|(p, _)| *p);
        let heirs: Vec<NodeId> = heirs.collect();
        if heirs.is_empty() { self.company.keys().copied().collect() } else { heirs }
    }

    /// Whether everybody is ready.
    pub fn is_accepted(&self) -> bool {
        self.decided == Decided::Proposed && self.accepted.len() == self.company.len()
    }
}

/// Whether a node that stands so is in the view and has promised to leave it to nobody.
pub fn rests_in(standing: &Standing, view: ViewId) -> bool {
    standing.view == Some(view) && !standing.flushing
}

#[cfg(test)]
mod tests {
    use super::*;

    const N1: NodeId = NodeId(0);
    const N2: NodeId = NodeId(1);
    const ROUND: Round = Round { number: 3, coordinator: N1, incarnation: 0 };

    fn id(number: u64) -> ViewId {
        ViewId { number, creator: Some(N1) }
    }

    /// From the view of this number, having accepted a later one or not.
    fn flush(from: u64, accepted: Option<u64>) -> Flush<char> {
        let past = Past { id: id(from), members: vec![N1, N2], left: false };
        Flush {
            wants: true,
            from: Some(past),
            accepted: accepted.map(|number| (ROUND, id(number))),
            highest: from,
            report: Report::default(),
            ballot: Ballot::first(1, &[N1, N2]),
        }
    }

    fn lead(flushes: [Flush<char>; 2]) -> Lead<char> {
        let mut lead = Lead::new(ROUND, [(N1, (0, true)), (N2, (0, true))].into());
        lead.flushes = [N1, N2].into_iter().zip(flushes).collect();
        lead
    }

    #[test]
    fn who_has_but_accepted_what_another_comes_from_is_behind() {
        assert_eq!(lead([flush(1, Some(2)), flush(2, None)]).behind(), [(N1, ROUND)]);
        assert_eq!(lead([flush(1, Some(2)), flush(1, Some(2))]).behind(), []);
        assert_eq!(lead([flush(2, None), flush(2, None)]).behind(), []);
    }

    #[test]
    fn who_comes_from_the_last_primary_view_goes_first() {
        assert_eq!(lead([flush(1, None), flush(4, None)]).heirs(), [N1]);
        assert_eq!(lead([flush(4, None), flush(4, None)]).heirs(), [N1, N2], "nobody does");
        let leaves = Flush { wants: false, ..flush(1, None) };
        assert_eq!(lead([leaves, flush(1, None)]).heirs(), [N2]);
    }
}
