//! What will happen, by time; of one time, in the order in which it was planned.

use crate::calendar::Calendar;
use pepperland_core::time::{Span, Time};
use std::cmp::Reverse;
use std::collections::VecDeque;

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
    /// A node that has come back recovers, unless it has crashed again or has done so already.
    Recover(u32),
    /// The application at a node says that it has stopped multicasting.
    Stop(u32),
    /// What was written first of what is on its way to a place arrives there.
    Read(u32),
    /// A write that is late enters the order of all writes.
    Enter(u32),
}

impl Happening {
    /// As one word, for the calendar: what it is in the upper three bits, which one in the others.
    /// The two of registers share one value of the upper bits.
    fn pack(self) -> u32 {
        let (what, which) = match self {
            Happening::End(which) => (0, which),
            Happening::Begin(which) => (1, which),
            Happening::Ask(which) => (2, which),
            Happening::Arrive(which) => (3, which),
            Happening::Timeout(which) => (4, which),
            Happening::Recover(which) => (5, which),
            Happening::Stop(which) => (6, which),
            Happening::Read(which) => (7, which << 1),
            Happening::Enter(which) => (7, which << 1 | 1),
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
            4 => Happening::Timeout(which),
            5 => Happening::Recover(which),
            6 => Happening::Stop(which),
            _ if which & 1 == 0 => Happening::Read(which >> 1),
            _ => Happening::Enter(which >> 1),
        }
    }
}

/// How many bits say which one.
const WHICH: u32 = 29;

/// Something planned, in one number: the time in the upper 64 bits, then the order of planning,
/// then what it is. The least comes first, by one comparison of 16 bytes.
type Planned = u128;

/// After everything that is ever planned.
const NEVER: Planned = Planned::MAX;

fn time_of(planned: Planned) -> Time {
    Time((planned >> 64) as u64)
}

/// The queue of happenings.
pub struct Queue {
    calendar: Calendar,
    /// What the schedule says from the start, the earliest last: it need not fill the calendar.
    foreseen: Vec<Planned>,
    /// What comes in the order in which it was planned.
    in_order: VecDeque<Planned>,
    /// The least of the firsts of the three.
    next: Planned,
    planned: u32,
}

impl Queue {
    /// Of a run in which most of what is planned is at most so far off.
    pub fn of_span(span: Span) -> Queue {
        Queue {
            calendar: Calendar::of_span(span.0),
            foreseen: Vec::new(),
            in_order: VecDeque::new(),
            next: NEVER,
            planned: 0,
        }
    }

    /// Plans something that the schedule says; only before anything has been taken.
    pub fn foresee(&mut self, at: Time, what: Happening) {
        let planned = self.planned(at, what);
        self.foreseen.push(planned);
    }

    /// Everything has been foreseen.
    pub fn begin(&mut self) {
        self.foreseen.sort_unstable_by_key(|planned| Reverse(*planned));
        self.next = self.least();
    }

    /// Plans something.
    pub fn plan(&mut self, at: Time, what: Happening) {
        let planned = self.planned(at, what);
        self.calendar.push(planned);
        self.next = self.next.min(planned);
    }

    /// Plans something one fixed span from now: what is planned so comes in the order in which it
    /// was planned, and needs no calendar.
    pub fn plan_in_order(&mut self, at: Time, what: Happening) {
        let planned = self.planned(at, what);
        debug_assert!(self.in_order.back().is_none_or(|last| *last < planned));
        self.in_order.push_back(planned);
        self.next = self.next.min(planned);
    }

    /// Takes what was planned first for the earliest time.
    pub fn next(&mut self) -> Option<(Time, Happening)> {
        let next = self.next;
        if next == NEVER {
            return None;
        }
        if self.calendar.peek() == Some(next) {
            self.calendar.pop();
        } else if self.in_order.front() == Some(&next) {
            self.in_order.pop_front();
        } else {
            self.foreseen.pop();
        }
        self.next = self.least();
        Some((time_of(next), Happening::unpack(next as u32)))
    }

    /// Whether anything is planned for this time, before which nothing is.
    pub fn has_more_at(&self, at: Time) -> bool {
        self.next != NEVER && time_of(self.next) == at
    }

    /// The least of what each part has first.
    fn least(&self) -> Planned {
        let foreseen = self.foreseen.last().copied().unwrap_or(NEVER);
        let in_order = self.in_order.front().copied().unwrap_or(NEVER);
        foreseen.min(in_order).min(self.calendar.peek().unwrap_or(NEVER))
    }

    fn planned(&mut self, at: Time, what: Happening) -> Planned {
        let planned = self.planned;
        self.planned = planned.checked_add(1).expect("a run has fewer than 2^32 happenings");
        u128::from(at.0) << 64 | u128::from(planned) << 32 | u128::from(what.pack())
    }
}
