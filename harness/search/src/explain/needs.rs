//! What each remaining piece of a shrunk schedule is needed for.

use super::given_time;
use super::words::{in_words, step_in_words};
use crate::reduce::{with_disturbances, with_steps};
use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::finding::Need;
use pepperland_core::runtime::Repeats;
use pepperland_core::schedule::Schedule;

/// How many replays without a piece, each with other choices of the network.
pub const EXPLAIN_REPLAYS: u32 = 20;

/// As many where a replay starts programs anew, and takes its time.
const FEW_REPLAYS: u32 = 3;

/// Removes each piece in turn and counts the replays that still violate the property, and its claim
/// if this violation does. Once time is up the rest is left out.
pub fn needs(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    violation: &Violation,
    time_is_up: &dyn Fn() -> bool,
) -> Vec<Need> {
    let disturbances = (0..schedule.disturbances.len()).map(|index| {
        let mut rest = schedule.disturbances.clone();
        let removed = rest.remove(index);
        (with_disturbances(schedule, &rest), in_words(&removed))
    });
    let steps = (0..schedule.steps.len()).map(|index| {
        let mut rest = schedule.steps.clone();
        let removed = rest.remove(index);
        (with_steps(schedule, &rest), step_in_words(&removed))
    });
    let beyond_model = violation.is_beyond(trial, checker, schedule);
    let need = |(without, piece)| need(trial, checker, (&without, beyond_model), piece);
    let pieces = disturbances.chain(steps).take_while(|_| !time_is_up());
    pieces.map(need).collect()
}

fn need(
    trial: &Trial<'_>,
    checker: &'static Checker,
    (without, beyond_model): (&Schedule, bool),
    piece: String,
) -> Need {
    let fails = |replay: &u32| {
        let mut schedule = given_time(trial, without);
        schedule.header.seed = without.header.seed.child("explain", u64::from(*replay));
        let violation = Violation::of(trial, checker, &schedule, trial.detail());
        violation.is_some_and(|v| beyond_model || !v.is_beyond(trial, checker, &schedule))
    };
    let replays = match trial.runtime.repeats() {
        Repeats::Exactly => EXPLAIN_REPLAYS,
        Repeats::IfTheProgramDoes | Repeats::AtARate => FEW_REPLAYS,
    };
    let failing = (0..replays).filter(fails).count() as u32;
    Need { piece, failing, replays }
}
