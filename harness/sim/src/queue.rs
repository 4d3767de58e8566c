//! What will happen, by time; at one time, in the order in which it was planned.

use pepperland_core::time::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that will happen.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Happening {
    /// A disturbance of the schedule ends.
    End(u32),
    /// A disturbance of the schedule begins.
    Begin(u32),
    /// A client makes the request of a step.
    Ask(u32),
    /// A frame arrives.
    Arrive(u32),
    /// A timer runs out, if it has not been set anew or cancelled.
    Timeout(u32),
}

/// The queue of happenings.
#[derive(Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<(Time, u32, Happening)>>,
    planned: u32,
}

impl Queue {
    /// Plans something.
    pub fn plan(&mut self, at: Time, what: Happening) {
        self.heap.push(Reverse((at, self.planned, what)));
        self.planned += 1;
    }

    /// Takes what happens next.
    pub fn next(&mut self) -> Option<(Time, Happening)> {
        self.heap.pop().map(|Reverse((at, _, what))| (at, what))
    }
}
