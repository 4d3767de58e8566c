//! What will happen, by time; at one time, in the order in which it was planned.

use pepperland_core::time::Time;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

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

impl Happening {
    /// As one word, for the heap: what it is in the upper three bits, which one in the others.
    fn pack(self) -> u32 {
        let (what, which) = match self {
            Happening::End(which) => (0, which),
            Happening::Begin(which) => (1, which),
            Happening::Ask(which) => (2, which),
            Happening::Arrive(which) => (3, which),
            Happening::Timeout(which) => (4, which),
        };
        assert!(which < 1 << WHICH, "a run has fewer than 2^29 frames and timers at once");
        what << WHICH | which
    }

    fn unpack(word: u32) -> Happening {
        let which = word & ((1 << WHICH) - 1);
        match word >> WHICH {
            0 => Happening::End(which),
            1 => Happening::Begin(which),
            2 => Happening::Ask(which),
            3 => Happening::Arrive(which),
            _ => Happening::Timeout(which),
        }
    }
}

/// How many bits say which one.
const WHICH: u32 = 29;

/// Something planned, in one number: the time in the upper 64 bits, then the order of planning,
/// then what it is. The least comes first, by one comparison of 16 bytes.
type Planned = u128;

/// The queue of happenings.
#[derive(Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<Planned>>,
    /// What the schedule says from the start, the earliest last: it need not make the heap deeper.
    foreseen: Vec<Planned>,
    /// What comes in the order in which it was planned.
    in_order: VecDeque<Planned>,
    planned: u32,
}

impl Queue {
    /// Plans something that the schedule says; only before anything has been taken.
    pub fn foresee(&mut self, at: Time, what: Happening) {
        let planned = self.planned(at, what);
        self.foreseen.push(planned);
    }

    /// Everything has been foreseen.
    pub fn begin(&mut self) {
        self.foreseen.sort_unstable_by_key(|planned| Reverse(*planned));
    }

    /// Plans something.
    pub fn plan(&mut self, at: Time, what: Happening) {
        let planned = self.planned(at, what);
        self.heap.push(Reverse(planned));
    }

    /// Plans something one fixed span from now: what is planned so comes in the order in which it
    /// was planned, and needs no heap.
    pub fn plan_in_order(&mut self, at: Time, what: Happening) {
        let planned = self.planned(at, what);
        debug_assert!(self.in_order.back().is_none_or(|last| *last < planned));
        self.in_order.push_back(planned);
    }

    /// Takes what happens next.
    pub fn next(&mut self) -> Option<(Time, Happening)> {
        let never = Planned::MAX;
        let foreseen = self.foreseen.last().copied().unwrap_or(never);
        let in_order = self.in_order.front().copied().unwrap_or(never);
        let heap = self.heap.peek().map_or(never, |Reverse(planned)| *planned);
        let next = foreseen.min(in_order).min(heap);
        if next == never {
            return None;
        }
        if next == heap {
            self.heap.pop();
        } else if next == in_order {
            self.in_order.pop_front();
        } else {
            self.foreseen.pop();
        }
        Some((Time((next >> 64) as u64), Happening::unpack(next as u32)))
    }

    fn planned(&mut self, at: Time, what: Happening) -> Planned {
        let planned = self.planned;
        self.planned = planned.checked_add(1).expect("a run has fewer than 2^32 happenings");
        u128::from(at.0) << 64 | u128::from(planned) << 32 | u128::from(what.pack())
    }
}
