//! What the coordinator of a round makes of the answers: the next view, and the steps by which each
//! participant gets there.
//!
//! ```text
//! members of the next view:    the participants that want to be
//! for each view V that some of them come from:
//!     together:                those who come from V
//!     rest:                    what one of them at least has of its multicasts
//!     via:                     if others of V's members are in the next view, but do not come from
//!                              V, then a view of those who do, on the way
//! ```
//!
//! A node that has come back after a crash comes from no view. The view on the way is what keeps
//! the next one true to its name: whoever goes from `V` to the next view directly finds there, of
//! the members of `V`, only those who did the same and delivered the same (Chockler, Keidar &
//! Vitenberg 2001: *Agreement on Successors*; the transitional configurations of Moser et al. 1994
//! do this by another means).

use crate::groups::views::planted::Planted;
use crate::groups::views::report::Report;
use crate::groups::views::rounds::{Flush, Past};
use pepperland_core::contract::{Value, View, ViewId};
use pepperland_core::id::{GroupId, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The steps of one participant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change<M> {
    /// The view it comes from.
    pub from: Option<ViewId>,
    /// What there is to deliver in that.
    pub rest: Report<M>,
    /// A view on the way.
    pub via: Option<View>,
    /// The next view.
    pub next: View,
    /// The greatest number of a view in this round.
    pub highest: u64,
}

/// The flushes of a round.
pub type Flushes<M> = BTreeMap<NodeId, Flush<M>>;

/// What the next view is made of.
pub struct Next {
    /// Who makes it.
    pub coordinator: NodeId,
    /// Its members, in order; without any, all participants leave.
    pub members: Vec<NodeId>,
    /// Whether it is primary.
    pub primary: bool,
    /// The flaw that is switched on.
    pub planted: Option<Planted>,
}

impl Next {
    fn has(&self, flaw: Planted) -> bool {
        self.planted == Some(flaw)
    }
}

/// Gives the new views their ids: numbers greater than any that a participant has seen, with the
/// coordinator's name.
struct Ids {
    last: u64,
    creator: Option<NodeId>,
}

impl Ids {
    fn next(&mut self) -> ViewId {
        self.last = self.last.saturating_add(1);
        ViewId { number: self.last, creator: self.creator }
    }
}

/// The steps of all participants.
pub fn changes<M: Value>(flushes: &Flushes<M>, next: Next) -> BTreeMap<NodeId, Change<M>> {
    let highest = flushes.values().map(|flush| flush.highest).max().unwrap_or(0);
    let creator = Some(next.coordinator).filter(|_| !next.has(Planted::ViewIdReused));
    let mut ids = Ids { last: highest, creator };
    let groups = by_past(flushes);
    let via = groups.iter().map(|group| group.goes_via(&next).then(|| ids.next()));
    let via: Vec<Option<ViewId>> = via.collect();
    let id = ids.next();
    let mut changes = BTreeMap::new();
    for (group, via) in groups.iter().zip(via) {
        for (node, change) in group.changes(flushes, via, id, &next) {
            changes.insert(node, change);
        }
    }
    changes
}

/// Participants that come from the same view, or one that comes from none.
struct Together<'f> {
    past: Option<&'f Past>,
    nodes: BTreeSet<NodeId>,
}

fn by_past<M>(flushes: &Flushes<M>) -> Vec<Together<'_>> {
    let mut groups: BTreeMap<&Past, BTreeSet<NodeId>> = BTreeMap::new();
    let mut new = Vec::new();
    for (node, flush) in flushes {
        match &flush.from {
            Some(past) => drop(groups.entry(past).or_default().insert(*node)),
            None => new.push(Together { past: None, nodes: [*node].into() }),
        }
    }
    let groups = groups.into_iter().map(|(past, nodes)| Together { past: Some(past), nodes });
    groups.chain(new).collect()
}

impl Together<'_> {
    fn goes_via(&self, next: &Next) -> bool {
        let Some(past) = self.past else { return false };
        let comes_from_elsewhere = |p: &NodeId| past.members.contains(p) && !self.nodes.contains(p);
        next.members.iter().any(|p| self.nodes.contains(p))
            && next.members.iter().any(comes_from_elsewhere)
            && !next.has(Planted::MergesStraight)
    }

    fn changes<M: Value>(
        &self,
        flushes: &Flushes<M>,
        via: Option<ViewId>,
        id: ViewId,
        next: &Next,
    ) -> impl Iterator<Item = (NodeId, Change<M>)> {
        let reports: Vec<&Report<M>> = self.nodes.iter().map(|p| &flushes[p].report).collect();
        let go_on = next.members.iter().copied().filter(|p| self.nodes.contains(p));
        let along: Vec<NodeId> = go_on.collect();
        let mut transitional = along.clone();
        if let Some(past) = self.past.filter(|_| next.has(Planted::TransitionalByMembers)) {
            transitional = past.members.clone();
            transitional.retain(|p| next.members.contains(p));
        }
        let view = |id, members: &[NodeId], primary| View {
            id,
            group: GroupId::ALL,
            members: members.to_vec(),
            primary,
            transitional: Some(transitional.clone()),
        };
        let change = Change {
            from: self.past.map(|past| past.id),
            rest: Report::settle(&reports),
            via: via.map(|via| view(via, &along, false)),
            next: view(id, &next.members, next.primary),
            highest: id.number,
        };
        self.nodes.clone().into_iter().map(move |node| (node, change.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::views::voting::Ballot;

    fn nodes(numbers: &[u32]) -> Vec<NodeId> {
        numbers.iter().map(|n| NodeId(n - 1)).collect()
    }

    /// The number of a view, its members, and whether it was left.
    type Told<'a> = (u64, &'a [u32], bool);

    /// Who comes from which view.
    fn flushes(pasts: &[(u32, Option<Told<'_>>)]) -> Flushes<char> {
        let past = |(number, members, left): Told<'_>| {
            let id = ViewId { number, creator: None };
            Past { id, members: nodes(members), left }
        };
        let flush = |from: Option<Past>| {
            let highest = from.as_ref().map_or(1, |past| past.id.number);
            let (report, ballot) = (Report::default(), Ballot::default());
            Flush { wants: true, from, accepted: None, highest, report, ballot }
        };
        pasts.iter().map(|(node, from)| (NodeId(node - 1), flush(from.map(past)))).collect()
    }

    /// The steps of each, by the members of the views.
    fn steps(flushes: &Flushes<char>, members: &[u32]) -> Vec<String> {
        let next =
            Next { coordinator: NodeId(0), members: nodes(members), primary: true, planted: None };
        let shown = |view: &View| {
            let members: Vec<String> = view.members.iter().map(|p| p.to_string()).collect();
            format!("{} {}", view.id, members.join(","))
        };
        let told = |(node, change): (NodeId, Change<char>)| {
            let steps: Vec<String> = change.via.iter().chain([&change.next]).map(shown).collect();
            format!("{node}: {}", steps.join("; "))
        };
        changes(flushes, next).into_iter().map(told).collect()
    }

    #[test]
    fn those_who_come_from_one_view_go_straight_to_the_next() {
        let from = Some((1, &[1, 2, 3][..], false));
        let told = steps(&flushes(&[(1, from), (2, from)]), &[1, 2]);
        assert_eq!(told, ["n1: 2.n1 n1,n2", "n2: 2.n1 n1,n2"]);
        let told = steps(&flushes(&[(1, from), (2, from), (4, None)]), &[1, 2, 4]);
        assert_eq!(told, ["n1: 2.n1 n1,n2,n4", "n2: 2.n1 n1,n2,n4", "n4: 2.n1 n1,n2,n4"]);
    }

    #[test]
    fn one_who_fell_and_came_back_before_anybody_noticed_is_seen_to_go_and_come() {
        let from = Some((1, &[1, 2][..], false));
        let told = steps(&flushes(&[(1, from), (2, None)]), &[1, 2]);
        assert_eq!(told, ["n1: 2.n1 n1; 3.n1 n1,n2", "n2: 3.n1 n1,n2"]);
    }

    #[test]
    fn those_who_parted_go_by_a_view_of_those_who_did_not() {
        let (old, new) = (Some((1, &[1, 2, 3][..], false)), Some((5, &[1, 2][..], false)));
        let told = steps(&flushes(&[(1, new), (2, new), (3, old)]), &[1, 2, 3]);
        let straight = "7.n1 n1,n2,n3";
        let expected = [
            format!("n1: {straight}"),
            format!("n2: {straight}"),
            format!("n3: 6.n1 n3; {straight}"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn one_who_left_and_comes_again_did_not_stay() {
        let (stays, left) = (Some((1, &[1, 2][..], false)), Some((1, &[1, 2][..], true)));
        let told = steps(&flushes(&[(1, stays), (2, left)]), &[1, 2]);
        assert_eq!(told, ["n1: 2.n1 n1; 4.n1 n1,n2", "n2: 3.n1 n2; 4.n1 n1,n2"]);
    }

    #[test]
    fn who_comes_along_is_told() {
        let (one, other) = (Some((2, &[1, 2][..], false)), Some((3, &[3][..], false)));
        let flushes = flushes(&[(1, one), (2, one), (3, other)]);
        let next = Next {
            coordinator: NodeId(0),
            members: nodes(&[1, 2, 3]),
            primary: true,
            planted: None,
        };
        let changes = changes(&flushes, next);
        let along = |node| changes[&NodeId(node)].next.transitional.clone();
        assert_eq!((along(0), along(2)), (Some(nodes(&[1, 2])), Some(nodes(&[3]))));
    }
}
