//! The minting of views: what the service decides, and nobody else.

use crate::groups::ordered_group::Life;
use pepperland_core::contract::{View, ViewId};
use pepperland_core::id::{GroupId, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A view as the service mints it: the members, and which life of each.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Minted {
    number: u64,
    members: BTreeMap<NodeId, u32>,
}

impl Minted {
    /// The first view.
    pub fn first(members: &[NodeId]) -> Minted {
        Minted { number: 1, members: members.iter().map(|p| (*p, 0)).collect() }
    }

    /// v.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The members, in order.
    pub fn members(&self) -> impl Iterator<Item = NodeId> {
        self.members.keys().copied()
    }

    /// Whether this life of a node is a member.
    pub fn holds(&self, life: Life) -> bool {
        self.members.get(&life.node) == Some(&life.incarnation)
    }

    /// The view, as members install it.
    pub fn view(&self) -> View {
        View {
            id: ViewId { number: self.number, creator: None },
            group: GroupId::ALL,
            members: self.members().collect(),
            primary: true,
            transitional: None,
        }
    }
}

/// What the service keeps.
#[derive(Default)]
pub struct Service {
    /// The latest view.
    pub minted: Minted,
    suspected: BTreeSet<NodeId>,
    /// Who joins once it is trusted, in which incarnation.
    joiners: BTreeMap<NodeId, u32>,
}

/// Each says whether there is a new view.
impl Service {
    /// p joins; at once, unless it is suspected.
    pub fn include(&mut self, joiner: Life) -> bool {
        if self.minted.holds(joiner) {
            return false;
        }
        let waits = self.suspected.contains(&joiner.node);
        let into = if waits { &mut self.joiners } else { &mut self.minted.members };
        into.insert(joiner.node, joiner.incarnation);
        self.minted.number += u64::from(!waits);
        !waits
    }

    /// p leaves, and does not join any longer.
    pub fn let_go(&mut self, node: NodeId) -> bool {
        self.joiners.remove(&node);
        self.exclude(node)
    }

    /// p is excluded.
    pub fn exclude(&mut self, node: NodeId) -> bool {
        let was_in = self.minted.members.remove(&node).is_some();
        self.minted.number += u64::from(was_in);
        was_in
    }

    /// p is suspected by the service itself.
    pub fn suspect(&mut self, node: NodeId) {
        self.suspected.insert(node);
    }

    /// p is trusted again, and joins if it waited for that.
    pub fn trust(&mut self, node: NodeId) -> bool {
        self.suspected.remove(&node);
        let joiner = self.joiners.remove(&node).map(|incarnation| Life { node, incarnation });
        joiner.is_some_and(|joiner| self.include(joiner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N1: NodeId = NodeId(0);
    const N2: NodeId = NodeId(1);

    fn life(node: NodeId, incarnation: u32) -> Life {
        Life { node, incarnation }
    }

    fn service() -> Service {
        Service { minted: Minted::first(&[N1, N2]), ..Service::default() }
    }

    #[test]
    fn what_changes_nothing_makes_no_view() {
        let mut service = service();
        assert!(!service.include(life(N2, 0)) && !service.exclude(NodeId(7)));
        assert_eq!(service.minted.number(), 1);
        assert!(service.exclude(N2) && !service.exclude(N2));
        assert_eq!((service.minted.number(), service.minted.members().count()), (2, 1));
    }

    #[test]
    fn the_suspected_join_once_they_are_trusted_unless_they_leave() {
        let mut service = service();
        service.suspect(N2);
        assert!(service.exclude(N2) && !service.include(life(N2, 0)));
        assert!(service.trust(N2) && service.minted.holds(life(N2, 0)));
        service.suspect(N2);
        assert!(!service.include(life(N2, 1)) && service.let_go(N2));
        assert!(!service.trust(N2));
        assert_eq!(service.minted.members().collect::<Vec<_>>(), [N1]);
    }

    #[test]
    fn a_new_life_takes_the_place_of_the_old_in_a_new_view() {
        let mut service = service();
        assert!(service.include(life(N2, 1)));
        assert!(!service.minted.holds(life(N2, 0)));
        assert_eq!(service.minted.number(), 2);
    }
}
