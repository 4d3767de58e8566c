//! What the members of a group say to each other about their agreed log, and who must have said it.

use pepperland_core::id::{MessageId, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A time during which one node after the other appends to one log: which one, and who began it.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub struct Epoch {
    /// Grows.
    pub number: u32,
    /// Who began it: two nodes may choose one number.
    pub by: NodeId,
}

/// A message in the log, and its name.
pub type Entry<M> = (MessageId, M);

/// What members say to each other about the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum LogMessage<M> {
    /// `("append", e, S, m, i)`.
    Append(Epoch, u64, Entry<M>),
    /// `("have", e, count)`.
    Have(Epoch, u64),
    /// `("collect", e')`.
    Collect(Epoch),
    /// `("state", e', e, log)`.
    State(Epoch, Epoch, Vec<Entry<M>>),
    /// `("begin", e', L)`.
    Begin(Epoch, Vec<Entry<M>>),
    /// `("promised", e')`.
    Promised(Epoch),
}

/// What is to be said, and to whom.
pub enum Say<M> {
    /// To one node.
    To(NodeId, LogMessage<M>),
    /// To every member.
    ToAll(LogMessage<M>),
}

/// Who the members are and which of them are suspected.
#[derive(Copy, Clone)]
pub struct Members<'a> {
    /// The members.
    pub all: &'a [NodeId],
    /// The suspected nodes.
    pub suspected: &'a BTreeSet<NodeId>,
}

/// Whose word is enough for the members to agree.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Quorum {
    /// Every member that is not suspected: suspicions must be right.
    AllTrusted,
    /// More than half of the members, whoever is suspected.
    Majority,
}

impl<'a> Members<'a> {
    /// Whether those members are enough of whom this is true.
    pub fn enough(self, quorum: Quorum, is_true: impl Fn(NodeId) -> bool) -> bool {
        match quorum {
            Quorum::AllTrusted => self.trusted().all(is_true),
            Quorum::Majority => {
                2 * self.all.iter().filter(|q| is_true(**q)).count() > self.all.len()
            }
        }
    }

    /// The members that are not suspected, in order.
    pub fn trusted(self) -> impl Iterator<Item = NodeId> + 'a {
        self.all.iter().copied().filter(|member| !self.suspected.contains(member))
    }
}
