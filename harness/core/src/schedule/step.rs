//! Requests of clients.

use crate::id::{GroupId, NodeId};
use crate::schedule::named;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// A client's request. Its number stays when other steps are deleted, so that others can refer
/// to it; the message's name is minted when the request is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The step's number, unique in its schedule.
    pub id: u32,
    /// When the request is made.
    #[serde(flatten, with = "named::when")]
    pub when: When,
    /// At which node. A request at a crashed node is not made.
    #[serde(rename = "n", with = "named::node")]
    pub node: NodeId,
    /// What is asked for.
    #[serde(flatten)]
    pub ask: Ask,
}

impl Ask {
    /// The group that is asked for, if one is.
    pub fn group(&self) -> Option<GroupId> {
        match self {
            Ask::Multicast { group, .. } | Ask::Join { group } | Ask::Leave { group } => {
                Some(*group)
            }
            Ask::Propose { .. } | Ask::Invoke { .. } => None,
        }
    }

    /// The same, to be changed.
    pub fn group_mut(&mut self) -> Option<&mut GroupId> {
        match self {
            Ask::Multicast { group, .. } | Ask::Join { group } | Ask::Leave { group } => {
                Some(group)
            }
            Ask::Propose { .. } | Ask::Invoke { .. } => None,
        }
    }
}

/// When a request is made.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum When {
    /// At this instant.
    At(Time),
    /// This long after the step's node has delivered the message of step `of`: what makes
    /// one message the cause of another.
    Upon {
        /// The step whose message is waited for.
        of: u32,
        /// How long after.
        after: Span,
    },
}

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum Ask {
    /// Multicast a message to a group, the first if none is named.
    Multicast {
        /// The group.
        #[serde(default, skip_serializing_if = "named::is_default", with = "named::group")]
        group: GroupId,
        /// The message's body.
        body: String,
    },
    /// Become a member of a group.
    Join {
        /// The group.
        #[serde(with = "named::group")]
        group: GroupId,
    },
    /// Leave a group.
    Leave {
        /// The group.
        #[serde(with = "named::group")]
        group: GroupId,
    },
    /// Propose a value for a consensus instance.
    Propose {
        /// Which decision it is.
        instance: u64,
        /// The value.
        body: String,
    },
    /// Execute a client's operation.
    Invoke {
        /// The operation.
        body: String,
    },
}
