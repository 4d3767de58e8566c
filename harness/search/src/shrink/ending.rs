//! When the run may end: what happens after a violation that nothing mends need not be run, nor
//! read.

use super::tries::Shrinker;
use crate::violation::Violation;
use pepperland_core::checker::{Checker, Class};
use pepperland_core::runtime::Repeats;
use pepperland_core::schedule::Schedule;
use pepperland_core::time::{Span, Time};

/// The end of a run is a multiple of this.
const ROUND: Span = Span::millis(10);

/// The schedule with its run ending soon after this violation of it, if nothing that comes later
/// can mend it and it does not end so soon already.
pub fn ending_with(
    schedule: &Schedule,
    checker: &Checker,
    violation: &Violation,
) -> Option<Schedule> {
    let last = violated_for_good_at(checker, violation)?;
    ending_at(schedule, Time((last.0 / ROUND.0 + 1) * ROUND.0))
}

/// When the last event that proves the violation happened, if nothing mends it.
fn violated_for_good_at(checker: &Checker, violation: &Violation) -> Option<Time> {
    let proof = violation.witness.events.iter();
    let times = proof.map(|id| violation.history.event(*id).time());
    times.max().filter(|_| checker.class == Class::Safety)
}

fn ending_at(schedule: &Schedule, end: Time) -> Option<Schedule> {
    let mut sooner = schedule.clone();
    sooner.header.end = end;
    sooner.header.heal_at = sooner.header.heal_at.min(end);
    (end < schedule.header.end).then_some(sooner)
}

impl Shrinker<'_, '_> {
    /// Lets the run end some time after the violation, so that what differs a little from it has
    /// time to fail as well. Every later replay is so much shorter.
    pub fn end_soon(&mut self) {
        let latency = self.best.header.network.promised_latency();
        let some_time_after =
            |last: Time| last + Span(last.0 / 2) + Span(latency.0.saturating_mul(4));
        let sooner = violated_for_good_at(self.checker, &self.shown)
            .and_then(|last| ending_at(&self.best, some_time_after(last)));
        self.take_ending(sooner);
    }

    /// Lets the run end with the violation.
    pub fn end_at_once(&mut self) {
        self.take_ending(ending_with(&self.best, self.checker, &self.shown));
    }

    /// Where runs differ, the next may take longer.
    fn take_ending(&mut self, sooner: Option<Schedule>) {
        if let Some(sooner) = sooner.filter(|_| self.repeats == Repeats::Exactly) {
            self.take_as_it_is(&sooner);
        }
    }
}
