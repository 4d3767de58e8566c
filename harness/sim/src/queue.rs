//! What will happen, by time; at one time, in the order in which it was planned.

use pepperland_core::time::Time;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Something that will happen.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
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

/// Something planned: the earliest is the greatest, as the heap wants it.
#[derive(Copy, Clone, Debug)]
struct Planned {
    /// The time in the upper 64 bits and the order of planning in the lower: one comparison.
    key: u128,
    what: Happening,
}

impl Ord for Planned {
    fn cmp(&self, other: &Planned) -> Ordering {
        other.key.cmp(&self.key)
    }
}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Planned) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Planned {
    fn eq(&self, other: &Planned) -> bool {
        self.key == other.key
    }
}

impl Eq for Planned {}

/// The queue of happenings.
#[derive(Default)]
pub struct Queue {
    heap: BinaryHeap<Planned>,
    /// What the schedule says from the start, the earliest last: it need not make the heap deeper.
    foreseen: Vec<Planned>,
    planned: u64,
}

impl Queue {
    /// Plans something that the schedule says; only before anything has been taken.
    pub fn foresee(&mut self, at: Time, what: Happening) {
        let planned = self.planned(at, what);
        self.foreseen.push(planned);
    }

    /// Everything has been foreseen.
    pub fn begin(&mut self) {
        self.foreseen.sort_unstable_by_key(|planned| Reverse(planned.key));
    }

    /// Plans something.
    pub fn plan(&mut self, at: Time, what: Happening) {
        let planned = self.planned(at, what);
        self.heap.push(planned);
    }

    /// Takes what happens next.
    pub fn next(&mut self) -> Option<(Time, Happening)> {
        let foreseen = match (self.foreseen.last(), self.heap.peek()) {
            (Some(foreseen), Some(planned)) => foreseen.key < planned.key,
            (foreseen, _) => foreseen.is_some(),
        };
        let next = if foreseen { self.foreseen.pop() } else { self.heap.pop() };
        next.map(|planned| (Time((planned.key >> 64) as u64), planned.what))
    }

    fn planned(&mut self, at: Time, what: Happening) -> Planned {
        let key = u128::from(at.0) << 64 | u128::from(self.planned);
        self.planned += 1;
        Planned { key, what }
    }
}
