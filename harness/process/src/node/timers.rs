//! Timers in real time.

use nix::time::{ClockId, clock_gettime};
use pepperland_core::contract::Timer;
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// The clock of this machine: every process reads the same, and it never goes back.
pub fn now() -> Time {
    let read = clock_gettime(ClockId::CLOCK_MONOTONIC);
    read.map_or(Time::ZERO, |at| Time(at.tv_sec() as u64 * 1_000_000_000 + at.tv_nsec() as u64))
}

/// The timers that run.
#[derive(Debug, Default)]
pub struct Timers {
    due: BTreeMap<Timer, Time>,
}

impl Timers {
    /// Runs a timer, in place of one set before.
    pub fn set(&mut self, timer: Timer, at: Time) {
        self.due.insert(timer, at);
    }

    /// Forgets a timer.
    pub fn cancel(&mut self, timer: Timer) {
        self.due.remove(&timer);
    }

    /// How long until one runs out, if any runs.
    pub fn wait(&self, now: Time) -> Option<Span> {
        self.due.values().min().map(|at| at.since(now))
    }

    /// The timer that ran out first, if one has.
    pub fn expired(&mut self, now: Time) -> Option<Timer> {
        let first = self.due.iter().min_by_key(|(_, at)| **at);
        let (timer, _) = first.filter(|(_, at)| **at <= now)?;
        let timer = *timer;
        self.due.remove(&timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_run_out_in_order_and_once() {
        let timer = |tag| Timer { place: 1, tag };
        let mut timers = Timers::default();
        for (tag, at) in [(1, 30), (2, 10), (3, 20), (2, 40)] {
            timers.set(timer(tag), Time(at));
        }
        timers.cancel(timer(3));
        assert_eq!(timers.wait(Time(25)), Some(Span(5)));
        assert_eq!(timers.expired(Time(29)), None);
        assert_eq!(timers.expired(Time(50)), Some(timer(1)));
        assert_eq!(timers.expired(Time(50)), Some(timer(2)));
        assert_eq!((timers.expired(Time(50)), timers.wait(Time(50))), (None, None));
    }

    #[test]
    fn the_clock_never_goes_back() {
        assert!(now() <= now());
    }
}
