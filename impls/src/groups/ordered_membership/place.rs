//! What a node knows of a group, and wants with it.

use crate::groups::ordered_group::{Command, Life, OrderedGroup};
use pepperland_core::id::NodeId;
use std::collections::BTreeSet;

/// Who commands.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Commanders {
    /// Every member: the group is symmetric.
    All,
    /// The first member that is not suspected: the group is asymmetric, and has a coordinator.
    First,
}

/// A node's place in one group.
pub struct Place {
    /// The present view.
    pub group: OrderedGroup,
    /// Whether the node wants to be a member.
    pub wants: bool,
    joiners: BTreeSet<Life>,
    /// What it has commanded in the present view.
    commanded: BTreeSet<Command>,
    /// Whom it contacted last.
    contacted: Option<NodeId>,
}

impl Place {
    /// The place in a group with these first members.
    pub fn of(first: &[NodeId], wants: bool) -> Place {
        Place {
            group: OrderedGroup::of(first),
            wants,
            joiners: BTreeSet::new(),
            commanded: BTreeSet::new(),
            contacted: None,
        }
    }

    /// joiners += p. An earlier life of it does not join any longer.
    pub fn join(&mut self, joiner: Life) {
        self.joiners.retain(|other| other.node != joiner.node);
        self.joiners.insert(joiner);
    }

    /// Obeys a command that was sent in the view of this number. Whether there is a new view.
    pub fn obey(&mut self, command: Command, sent_in: u64) -> bool {
        let is_new = self.group.obey(command, sent_in);
        if is_new {
            self.commanded.clear();
            self.joiners.retain(|joiner| !self.group.holds(*joiner));
        }
        is_new
    }

    /// The next member to contact, other than this node, that is not suspected.
    pub fn next_contact(
        &mut self,
        me: NodeId,
        suspected: &BTreeSet<NodeId>,
        commanders: Commanders,
    ) -> Option<NodeId> {
        let others: Vec<NodeId> = self.trusted(suspected).filter(|p| *p != me).collect();
        let later = others.iter().find(|p| Some(**p) > self.contacted);
        let next = later.filter(|_| commanders == Commanders::All).or(others.first());
        self.contacted = next.copied();
        self.contacted
    }

    /// What the present view should lose and gain, if this node is to say it, and has not said it.
    pub fn commands(
        &mut self,
        me: Life,
        suspected: &BTreeSet<NodeId>,
        commanders: Commanders,
    ) -> Vec<Command> {
        // In a former life it may have been included after it had asked to leave.
        let leaves = self.group.members().any(|p| p == me.node) && !self.wants;
        let leaves = leaves.then_some(Command::Exclude(me.node));
        let gone = self.group.members().filter(|p| suspected.contains(p)).map(Command::Exclude);
        let new = self.joiners.iter().filter(|joiner| !suspected.contains(&joiner.node));
        let others = gone.chain(new.copied().map(Command::Include));
        let others = others.filter(|_| self.commands_others(me, suspected, commanders));
        let commands: Vec<Command> = leaves.into_iter().chain(others).collect();
        commands.into_iter().filter(|command| self.commanded.insert(*command)).collect()
    }

    /// Whether this node says of others that they are in or out. Who wants in and sees no other
    /// member alive acts as one. A member that joins anew has lost the life in which it was one.
    fn commands_others(
        &self,
        me: Life,
        suspected: &BTreeSet<NodeId>,
        commanders: Commanders,
    ) -> bool {
        let mut trusted = self.trusted(suspected);
        match commanders {
            _ if !self.group.holds(me) => self.wants && trusted.all(|p| p == me.node),
            Commanders::All => true,
            Commanders::First => trusted.find(|p| !self.joins(*p)) == Some(me.node),
        }
    }

    fn joins(&self, node: NodeId) -> bool {
        self.joiners.iter().any(|joiner| joiner.node == node)
    }

    fn trusted(&self, suspected: &BTreeSet<NodeId>) -> impl Iterator<Item = NodeId> {
        self.group.members().filter(|p| !suspected.contains(p))
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

    fn place(wants: bool) -> Place {
        Place::of(&[N1, N2], wants)
    }

    fn nobody() -> BTreeSet<NodeId> {
        BTreeSet::new()
    }

    #[test]
    fn a_member_commands_once_in_each_view_and_again_in_the_next() {
        let (mut place, suspected) = (place(true), BTreeSet::from([N2]));
        let wanted = [Command::Exclude(N2), Command::Include(life(N3, 0))];
        place.join(life(N3, 0));
        let said = |place: &mut Place| place.commands(life(N1, 0), &suspected, Commanders::All);
        assert_eq!(said(&mut place), wanted);
        assert_eq!(said(&mut place), []);
        assert!(place.obey(wanted[0], 1));
        assert_eq!(said(&mut place), [wanted[1]]);
        assert!(place.obey(wanted[1], 2));
        assert_eq!(said(&mut place), [], "it has joined");
    }

    #[test]
    fn who_is_suspected_joins_when_it_is_trusted_again() {
        let mut place = place(true);
        place.join(life(N3, 0));
        let all = Commanders::All;
        assert_eq!(place.commands(life(N1, 0), &BTreeSet::from([N3]), all), []);
        assert_eq!(place.commands(life(N1, 0), &nobody(), all).len(), 1);
    }

    #[test]
    fn outsiders_are_silent_unless_no_member_is_alive() {
        let mut place = place(true);
        place.join(life(N3, 0));
        let mut said = |suspected: &[NodeId]| {
            let suspected = suspected.iter().copied().collect();
            place.commands(life(N3, 0), &suspected, Commanders::All).len()
        };
        assert_eq!((said(&[N1]), said(&[N1, N2])), (0, 3));
    }

    #[test]
    fn the_first_member_commands_and_another_once_that_is_suspected_or_joins_anew() {
        let mut place = place(true);
        place.join(life(N3, 0));
        let second = life(N2, 0);
        assert_eq!(place.commands(second, &nobody(), Commanders::First), []);
        let gone = place.commands(second, &BTreeSet::from([N1]), Commanders::First);
        assert_eq!(gone, [Command::Exclude(N1), Command::Include(life(N3, 0))]);
        place.join(life(N1, 1));
        let anew = place.commands(second, &nobody(), Commanders::First);
        assert_eq!(anew, [Command::Include(life(N1, 1))]);
    }

    #[test]
    fn members_are_contacted_in_turn_or_the_first_alone() {
        let mut place = place(true);
        let mut next = |commanders| place.next_contact(N3, &nobody(), commanders);
        let turns: Vec<_> = (0..3).filter_map(|_| next(Commanders::All)).collect();
        assert_eq!(turns, [N1, N2, N1]);
        assert_eq!((next(Commanders::First), next(Commanders::First)), (Some(N1), Some(N1)));
    }

    #[test]
    fn who_does_not_want_to_be_in_excludes_itself() {
        let said = place(false).commands(life(N2, 0), &nobody(), Commanders::First);
        assert_eq!(said, [Command::Exclude(N2)]);
        let again = place(false).commands(life(N2, 1), &nobody(), Commanders::All);
        assert_eq!(again, [Command::Exclude(N2)], "and what is left of its former life");
        assert_eq!(place(false).commands(life(N3, 0), &nobody(), Commanders::All), []);
    }
}
