//! Quiet times: no fault is at work, nor was one just before.
//!
//! The beginning counts as a fault: nobody has heard of anybody yet.

use pepperland_core::checker::Case;
use pepperland_core::history::Clock;
use pepperland_core::time::{Span, Time};

/// When it is quiet.
pub struct Quiet {
    /// The error of a real clock, ns.
    pub clock_error: u64,
    /// When it is not: disjoint, in order.
    troubled: Vec<(Time, Time)>,
}

impl Quiet {
    /// Where after each fault it takes so long until it is quiet. A real clock's error is granted.
    pub fn of(case: &Case<'_>, after: Span) -> Quiet {
        let is_real = case.history.header.clock == Clock::Real;
        let clock_error = if is_real { case.history.header.clock_error.unwrap_or(0) } else { 0 };
        let before = |begin: Time| Time(begin.0.saturating_sub(clock_error));
        let start = [(Time::ZERO, Time::ZERO)];
        let all = case.disturbed.iter().chain(&start);
        let mut troubled: Vec<(Time, Time)> =
            all.map(|(begin, end)| (before(*begin), *end + after + Span(clock_error))).collect();
        troubled.sort_unstable();
        troubled.dedup_by(|next, kept| {
            let joins = next.0 <= kept.1;
            if joins {
                kept.1 = kept.1.max(next.1);
            }
            joins
        });
        Quiet { clock_error, troubled }
    }

    /// Whether it is quiet from the one instant to the other.
    pub fn lasts(&self, from: Time, to: Time) -> bool {
        let ended = self.troubled.partition_point(|(_, end)| *end < from);
        self.troubled.get(ended).is_none_or(|(begin, _)| *begin > to)
    }
}
