//! Liars in haste: whoever asks to be woken is woken too soon, and suspects, complains and sends again
//! as its own code does.

use crate::runtime::{Refused, nobody};
use crate::schedule::{Schedule, Trouble, Way};
use crate::time::Span;

/// How many times too soon.
const TIMES: u64 = 64;

/// In whole milliseconds, as the clocks of other runtimes tick; no sooner, or a node that rests
/// between two things would have no rest at all.
const TICK: Span = Span::millis(1);

/// How long a liar in haste waits instead.
pub fn hastened(span: Span) -> Span {
    let ticks = span.0 / TIMES / TICK.0;
    Span(ticks * TICK.0).max(TICK).min(span)
}

/// What nobody can do to processes that keep their own timers: have them come too soon.
///
/// # Errors
/// [`Refused`], in the name of the runtime.
pub fn no_haste(runtime: &'static str, schedule: &Schedule) -> Result<(), Refused> {
    let hasty = |trouble: &Trouble| match trouble {
        Trouble::Lie { node, how, .. } if how.way == Way::Hasty => Some(*node),
        _ => None,
    };
    nobody(schedule, hasty).map_err(|node| {
        let how = "in virtual time, and in the simulator, they can";
        Refused::anywhere(runtime, format!("have the time-outs of {node} come too soon: {how}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_outs_come_too_soon_in_whole_milliseconds() {
        assert_eq!(hastened(Span::seconds(1)), Span::millis(15));
        assert_eq!(hastened(Span::millis(128)), Span::millis(2));
        assert_eq!(hastened(Span::millis(20)), TICK);
    }

    #[test]
    fn what_is_short_stays_as_it_is() {
        for span in [Span::ZERO, Span(1), TICK] {
            assert_eq!(hastened(span), span);
        }
    }
}
