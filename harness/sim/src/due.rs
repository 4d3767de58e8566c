//! What is due at one instant, in the order in which it happens: first the disturbances that begin
//! and end, then node after node all that is due there, in the order in which it was planned.
//!
//! So what one node does at an instant does not depend on when the others act within it, and a
//! runtime whose hosts take turns, each doing all that is due, goes the same way.

use crate::queue::Happening;
use pepperland_core::id::NodeId;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Whose turn it is, before or after what else of theirs, and with what.
type Entry = (Option<NodeId>, u32, Happening);

/// What is due at one instant, the first on top.
#[derive(Default)]
pub struct Due {
    heap: BinaryHeap<Reverse<Entry>>,
    planned: u32,
}

impl Due {
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Something is due at a node, or in the environment, after all that is due there so far.
    pub fn push(&mut self, node: Option<NodeId>, what: Happening) {
        self.planned += 1;
        self.heap.push(Reverse((node, self.planned, what)));
    }

    /// Takes what happens next at this instant.
    pub fn pop(&mut self) -> Option<Happening> {
        let Reverse((_, _, what)) = self.heap.pop()?;
        if self.heap.is_empty() {
            self.planned = 0;
        }
        Some(what)
    }
}
