//! Explaining a shrunk schedule: what each piece of it is needed for, from when on its run was
//! lost, and which run beside it passes.

mod chances;
mod needs;
mod passing;
mod words;

pub use chances::chances;
pub use needs::{EXPLAIN_REPLAYS, needs};
pub use passing::nearest_passing;

use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::finding::Explained;
use pepperland_core::schedule::Schedule;

/// Everything that replays can tell of a schedule that fails as this violation of it has it. Once
/// time is up the rest is left out.
pub fn explain(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    violation: &Violation,
    time_is_up: &dyn Fn() -> bool,
) -> Explained {
    Explained {
        needs: needs(trial, checker, schedule, violation, time_is_up),
        chances: chances(trial, checker, schedule, violation, time_is_up),
        passing: nearest_passing(trial, checker, schedule, time_is_up),
    }
}

/// The schedule with all the time to fail that the scenario gives: what was shrunk ends with its
/// own violation, and what differs from it may take longer.
fn given_time(trial: &Trial<'_>, schedule: &Schedule) -> Schedule {
    let mut given = schedule.clone();
    let header = &mut given.header;
    header.end = header.end.max(header.heal_at + trial.plan.scenario.settle());
    given
}
