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
        let leaves = self.group.holds(me) && !self.wants;
        let leaves = leaves.then_some(Command::Exclude(me.node));
        let gone = self.group.members().filter(|p| suspected.contains(p)).map(Command::Exclude);
        let new = self.joiners.iter().filter(|joiner| !suspected.contains(&joiner.node));
        let others = gone.chain(new.copied().map(Command::Include));
        let others = others.filter(|_| self.commands_others(me, suspected, commanders));
        let commands: Vec<Command> = leaves.into_iter().chain(others).collect();
        commands.into_iter().filter(|command| self.commanded.insert(*command)).collect()
    }

    /// Whether this node says of others that they are in or out. Who wants in and sees no other
    /// member alive acts as one.
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
            Commanders::First => trusted.next() == Some(me.node),
        }
    }

    fn trusted(&self, suspected: &BTreeSet<NodeId>) -> impl Iterator<Item = NodeId> {
        self.group.members().filter(|p| !suspected.contains(p))
    }
}
