//! turmoil's clock: whole ticks of one millisecond.

use pepperland_core::time::{Span, Time};
use std::time::Duration;

/// One tick. Below a millisecond, turmoil's network and its hosts would disagree on the time.
pub const TICK: Span = Span::millis(1);

/// The first tick that is not before the instant.
pub fn tick_of(instant: Time) -> Time {
    Time(instant.0.div_ceil(TICK.0).saturating_mul(TICK.0))
}

/// A span as the standard library has it.
pub fn duration(span: Span) -> Duration {
    Duration::from_nanos(span.0)
}

/// What turmoil takes for the date at the start of a run: always the same.
#[expect(clippy::disallowed_types, reason = "turmoil's epoch is the wall clock unless it is set")]
pub fn epoch() -> std::time::SystemTime {
    std::time::SystemTime::UNIX_EPOCH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_rounded_up_to_ticks() {
        assert_eq!(tick_of(Time::ZERO), Time::ZERO);
        assert_eq!(tick_of(Time(1)), Time::millis(1));
        assert_eq!(tick_of(Time::millis(7)), Time::millis(7));
        assert_eq!(tick_of(Time(7_000_001)), Time::millis(8));
    }
}
