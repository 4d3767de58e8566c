//! The members of a group, where commands in one total order say who they are: whoever obeys the
//! same commands from the beginning has the same views.

use pepperland_core::contract::{View, ViewId};
use pepperland_core::id::{GroupId, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A node between two crashes: one that comes back has forgotten what it delivered, and is another.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub struct Life {
    /// The node.
    pub node: NodeId,
    /// How often it had recovered.
    pub incarnation: u32,
}

/// What changes a view.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub enum Command {
    /// `("include", p)`. An earlier life of the same node goes.
    Include(Life),
    /// `("exclude", p)`.
    Exclude(NodeId),
}

/// The present view of a group.
#[derive(Debug, Default)]
pub struct OrderedGroup {
    /// v: how many views there have been.
    number: u64,
    members: BTreeMap<NodeId, Stay>,
}

/// A member.
#[derive(Copy, Clone, Debug)]
struct Stay {
    incarnation: u32,
    /// The number of the first view that it is in without a break.
    since: u64,
}

impl OrderedGroup {
    /// A group in its first view, or one that nobody is in yet.
    pub fn of(first: &[NodeId]) -> OrderedGroup {
        let number = u64::from(!first.is_empty());
        let stay = Stay { incarnation: 0, since: number };
        OrderedGroup { number, members: first.iter().map(|p| (*p, stay)).collect() }
    }

    /// v.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The id of the present view.
    pub fn id(&self) -> ViewId {
        ViewId { number: self.number, creator: None }
    }

    /// The members, in order.
    pub fn members(&self) -> impl Iterator<Item = NodeId> {
        self.members.keys().copied()
    }

    /// Whether this life of the node is a member.
    pub fn holds(&self, life: Life) -> bool {
        self.members.get(&life.node).is_some_and(|stay| stay.incarnation == life.incarnation)
    }

    /// Whether it was sent by a member, in a view since which that has been one without a break.
    pub fn hears(&self, from: Life, sent_in: u64) -> bool {
        let stay = self.members.get(&from.node).filter(|_| self.holds(from));
        stay.is_some_and(|stay| sent_in >= stay.since)
    }

    /// Obeys a command that was sent in the view of this number, unless there have been others
    /// since, or it changes nothing. Whether there is a new view.
    pub fn obey(&mut self, command: Command, sent_in: u64) -> bool {
        let changes = match command {
            Command::Include(life) => !self.holds(life),
            Command::Exclude(node) => self.members.contains_key(&node),
        };
        if sent_in != self.number || !changes {
            return false;
        }
        self.number += 1;
        match command {
            Command::Include(Life { node, incarnation }) => {
                self.members.insert(node, Stay { incarnation, since: self.number });
            }
            Command::Exclude(node) => drop(self.members.remove(&node)),
        }
        true
    }

    /// The present view, as this member installs it: who comes along with it was in the view before.
    pub fn view(&self, group: GroupId, me: NodeId) -> View {
        let is_new = |stay: &Stay| stay.since == self.number;
        let am_new = self.members.get(&me).is_some_and(is_new);
        let along = self.members.iter().filter(|(p, stay)| match am_new {
            true => **p == me,
            false => !is_new(stay),
        });
        View {
            id: self.id(),
            group,
            members: self.members().collect(),
            primary: true,
            transitional: Some(along.map(|(p, _)| *p).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N1: NodeId = NodeId(0);
    const N2: NodeId = NodeId(1);
    const N3: NodeId = NodeId(2);

    fn life(node: NodeId, incarnation: u32) -> Life {
        Life { node, incarnation }
    }

    #[test]
    fn of_two_commands_sent_in_one_view_the_second_is_stale() {
        let mut group = OrderedGroup::of(&[N1, N2]);
        assert!(group.obey(Command::Include(life(N3, 0)), 1));
        assert!(!group.obey(Command::Exclude(N2), 1));
        assert_eq!(group.members().collect::<Vec<_>>(), [N1, N2, N3]);
        assert!(group.obey(Command::Exclude(N2), 2));
        assert!(!group.obey(Command::Exclude(N2), 3), "it changes nothing");
        assert_eq!(group.number(), 3);
    }

    #[test]
    fn what_the_excluded_sent_before_is_not_heard_when_it_is_back() {
        let mut group = OrderedGroup::of(&[N1, N2]);
        group.obey(Command::Exclude(N2), 1);
        assert!(!group.hears(life(N2, 0), 1));
        group.obey(Command::Include(life(N2, 0)), 2);
        assert!(!group.hears(life(N2, 0), 1));
        assert!(group.hears(life(N2, 0), 3));
        assert!(group.hears(life(N1, 0), 1), "it has been a member all the time");
    }

    #[test]
    fn a_new_life_of_a_member_comes_from_no_view() {
        let mut group = OrderedGroup::of(&[N1, N2]);
        assert!(group.obey(Command::Include(life(N2, 1)), 1));
        assert!(!group.holds(life(N2, 0)) && !group.hears(life(N2, 0), 2));
        let along = |me| group.view(GroupId::ALL, me).transitional.unwrap_or_default();
        assert_eq!((along(N1), along(N2)), (vec![N1], vec![N2]));
    }

    #[test]
    fn a_group_that_nobody_is_in_begins_with_whoever_joins() {
        let mut group = OrderedGroup::of(&[]);
        assert!(group.obey(Command::Include(life(N2, 0)), 0));
        assert_eq!(group.view(GroupId::ALL, N2).members, [N2]);
        assert!(group.obey(Command::Exclude(N2), 1));
        assert!(group.obey(Command::Include(life(N1, 0)), 2));
        assert_eq!(group.number(), 3, "a number is never used again");
    }
}
