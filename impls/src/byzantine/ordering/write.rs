//! What servers write to their registers.

use crate::byzantine::keys::Digest;
use crate::byzantine::ordering::book::Named;
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What goes over the network of the registers. `sid` is the writer's own word for who it is; the
/// network knows better.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Write<O> {
    /// This is to be in the slot.
    Propose {
        /// The writer.
        sid: NodeId,
        /// The epoch that it leads.
        epoch: u64,
        /// The slot.
        slot: u64,
        /// What is to be in it.
        order: O,
    },
    /// The writer accepts this for the slot.
    Accept {
        /// The writer.
        sid: NodeId,
        /// The slot.
        slot: u64,
        /// What it accepts.
        hash: Digest,
    },
    /// The writer wants another to lead.
    Change {
        /// The writer.
        sid: NodeId,
        /// The epoch that is to end.
        epoch: u64,
        /// The proposal that made it suspicious, if one did.
        hash: Option<Digest>,
        /// Whom it suspects.
        suspect: NodeId,
    },
}

impl<O> Write<O> {
    /// Who it says has written it.
    pub fn sid(&self) -> NodeId {
        match self {
            Write::Propose { sid, .. } | Write::Accept { sid, .. } | Write::Change { sid, .. } => {
                *sid
            }
        }
    }
}

/// In a word, and of what it is.
impl<O: Named> fmt::Display for Write<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Write::Propose { slot, order, .. } => write!(f, "Propose/{slot}/{}", order.id()),
            Write::Accept { slot, hash, .. } => write!(f, "Accept/{slot}/{hash}"),
            Write::Change { epoch, suspect, .. } => write!(f, "Change/{epoch}/{suspect}"),
        }
    }
}
