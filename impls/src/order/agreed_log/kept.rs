//! What of an agreed log must outlive a crash of its node: what the node has promised, and what it
//! has said that it has. Kept before it is said, it makes the restarted node go on as if it had
//! been slow.

use crate::order::agreed_log::AgreedLog;
use crate::order::log_messages::{Entry, Epoch, LogMessage};
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};

/// A log on stable storage.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept<M> {
    promised: Epoch,
    epoch: Epoch,
    entries: Vec<Entry<M>>,
}

impl<M: Clone> AgreedLog<M> {
    /// What must be kept before the message is said, if anything must.
    pub fn kept_before(&self, said: &LogMessage<M>) -> Option<Kept<M>> {
        if matches!(said, LogMessage::Append(..) | LogMessage::Promised(_)) {
            return None;
        }
        // No later incarnation may begin an epoch that this one has sought, with other states.
        let promised = self.promised.max(self.sought);
        Some(Kept { promised, epoch: self.epoch, entries: self.entries(self.have) })
    }

    /// The log of a restarted member. It takes no entry of the epochs that it was in: what it
    /// missed of them nobody sends again, and another must begin.
    pub fn restore(&mut self, kept: Option<Kept<M>>, me: NodeId) {
        if let Some(Kept { promised, epoch, entries }) = kept {
            self.begin(epoch, entries);
            self.promised = promised;
        }
        self.promised = Epoch { number: self.promised.number + 1, by: me };
    }
}
