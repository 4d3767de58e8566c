//! A node's local clock, which may jump and drift.

use crate::time::{Span, Time};

/// A local clock as a function of true time: it has run at one rate since an instant.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct LocalClock {
    since: Time,
    reading: Time,
    /// Parts per million faster than true time.
    drift: i32,
}

const MILLION: i128 = 1_000_000;

impl LocalClock {
    /// What the clock shows at a true instant. It never shows less than zero.
    pub fn read(&self, now: Time) -> Time {
        if self.drift == 0 {
            return self.reading + now.since(self.since);
        }
        let passed = i128::from(now.since(self.since).0);
        let local = passed + passed * i128::from(self.drift) / MILLION;
        Time((i128::from(self.reading.0) + local).max(0) as u64)
    }

    /// The least true time in which the clock counts `local`, wherever it begins: a timer that ended
    /// a nanosecond early would be set again for no time at all.
    pub fn true_span(&self, local: Span) -> Span {
        if self.drift == 0 {
            return local;
        }
        let rate = (MILLION + i128::from(self.drift)).max(1) as u128;
        Span((u128::from(local.0) * MILLION as u128).div_ceil(rate) as u64)
    }

    /// The clock jumps by `jump` nanoseconds and runs at another rate from now on.
    pub fn skew(&mut self, now: Time, jump: i64, drift: i32) {
        let reading = i128::from(self.read(now).0) + i128::from(jump);
        *self = LocalClock { since: now, reading: Time(reading.max(0) as u64), drift };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_timer_never_ends_before_the_clock_has_counted_its_span(
            jump in -10_000_000_000_i64..10_000_000_000,
            drift in -900_000_i32..4_000_000,
            passed in 0_u64..10_000_000_000,
            local in 0_u64..10_000_000_000,
        ) {
            let mut clock = LocalClock::default();
            clock.skew(Time(20_000_000_000), jump, drift);
            let set = Time(20_000_000_000 + passed);
            let ends = set + clock.true_span(Span(local));
            prop_assert!(clock.read(ends) >= clock.read(set) + Span(local));
        }
    }

    #[test]
    fn runs_true_until_it_is_skewed() {
        let mut clock = LocalClock::default();
        assert_eq!(clock.read(Time::millis(7)), Time::millis(7));
        clock.skew(Time::millis(10), -4_000_000, 500_000);
        assert_eq!(clock.read(Time::millis(10)), Time::millis(6));
        assert_eq!(clock.read(Time::millis(20)), Time::millis(21));
        assert_eq!(clock.true_span(Span::millis(15)), Span::millis(10));
    }
}
