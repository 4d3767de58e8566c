//! The names that a protocol gives to its own multicasts, to know them again.

use pepperland_core::contract::Cx;
use pepperland_core::id::MessageId;

/// Counts a node's multicasts.
#[derive(Debug, Default)]
pub struct Naming {
    given: u32,
}

impl Naming {
    /// The name of the next multicast: unique across nodes and incarnations.
    pub fn next<M>(&mut self, cx: &Cx<'_, M>) -> MessageId {
        self.given += 1;
        MessageId { origin: cx.me(), incarnation: cx.incarnation(), number: self.given }
    }
}
