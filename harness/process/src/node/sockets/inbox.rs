//! What has come to a node and is still to be handled.

use pepperland_core::id::{NetworkId, NodeId};
use std::collections::{BTreeSet, VecDeque};

/// One thing that has come.
#[derive(Debug, Eq, PartialEq)]
pub enum Came {
    /// A frame.
    Frame {
        /// Its sender.
        from: NodeId,
        /// Over which network.
        network: NetworkId,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Something that whoever reads the report should know.
    Remark(String),
}

/// What has come, in order.
#[derive(Debug, Default)]
pub struct Inbox {
    came: VecDeque<Came>,
    /// What was remarked once and is not to be remarked again.
    told: BTreeSet<String>,
}

impl Inbox {
    /// A frame has come.
    pub fn frame(&mut self, from: NodeId, network: NetworkId, bytes: &[u8]) {
        self.came.push_back(Came::Frame { from, network, bytes: bytes.to_vec() });
    }

    /// What has come from a node is no frame.
    pub fn garbled(&mut self, from: NodeId) {
        self.remark(format!("a frame from {from} was garbled"));
    }

    /// There is something to remark.
    pub fn remark(&mut self, text: String) {
        self.came.push_back(Came::Remark(text));
    }

    /// There is something to remark, unless something was about the same before: strangers and full
    /// sockets may be met a thousand times a second.
    pub fn remark_once(&mut self, about: &str, text: String) {
        if self.told.insert(about.to_owned()) {
            self.remark(format!("{text} (said once)"));
        }
    }

    /// Everything that has come.
    pub fn take_all(&mut self) -> VecDeque<Came> {
        std::mem::take(&mut self.came)
    }

    /// Whether there is nothing to take.
    pub fn is_empty(&self) -> bool {
        self.came.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_once_is_said_once_for_each_thing() {
        let mut inbox = Inbox::default();
        for (about, text) in [("n2", "full"), ("n3", "full"), ("n2", "fuller")] {
            inbox.remark_once(about, text.to_owned());
        }
        let full = || Came::Remark("full (said once)".to_owned());
        assert_eq!(inbox.take_all(), [full(), full()]);
    }
}
