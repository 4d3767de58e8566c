//! From when on a run was lost: it is run up to an instant as it was, and from there as chance has
//! it, again and again.

use super::given_time;
use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::finding::Chance;
use pepperland_core::history::History;
use pepperland_core::runtime::Repeats;
use pepperland_core::schedule::{Reseed, Schedule};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeSet;

/// At how many instants at most.
const INSTANTS: usize = 16;

/// How many replays from each.
const REPLAYS: u32 = 20;

/// How long after its proof a run is taken for what it came to.
const JUST_AFTER: Span = Span::millis(1);

/// How many of the runs fail that are the same up to an instant, at instants from the first to just
/// after the last event of the proof. Requests and faults stay what they are; latencies are drawn
/// from those of the scenario. Nothing where runs do not repeat.
pub fn chances(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    violation: &Violation,
    time_is_up: &dyn Fn() -> bool,
) -> Vec<Chance> {
    if trial.runtime.repeats() != Repeats::Exactly {
        return Vec::new();
    }
    let last = violation.witness.events.iter().max();
    let last = last.map_or(Time::ZERO, |id| violation.history.event(*id).time());
    let instants = spread(&instants(&violation.history, last));
    let in_time = instants.into_iter().take_while(|_| !time_is_up());
    in_time.map(|at| chance(trial, checker, schedule, at)).collect()
}

/// When something happened up to this instant, and just after it.
fn instants(history: &History, last: Time) -> Vec<Time> {
    let so_far = history.times().iter().copied().filter(|at| *at <= last);
    let ends = [Time::ZERO, last + JUST_AFTER];
    so_far.chain(ends).collect::<BTreeSet<Time>>().into_iter().collect()
}

/// The first, the last, and of those between as many as may be, evenly.
fn spread(instants: &[Time]) -> Vec<Time> {
    let last = instants.len() - 1;
    let many = instants.len().min(INSTANTS);
    (0..many).map(|n| instants[n * last / (many - 1).max(1)]).collect()
}

fn chance(trial: &Trial<'_>, checker: &'static Checker, schedule: &Schedule, at: Time) -> Chance {
    let (least, most) = trial.plan.scenario.latency_ms;
    let network = schedule.header.network;
    let max_latency = Span::millis(most).min(network.promised_latency()).max(network.max_latency);
    let min_latency = Span::millis(least).min(max_latency);
    let fails = |replay: &u32| {
        let mut again = given_time(trial, schedule);
        let seed = schedule.header.seed.child("chance", u64::from(*replay));
        again.header.reseed = Some(Reseed { at, seed, min_latency, max_latency });
        Violation::of(trial, checker, &again, trial.detail()).is_some()
    };
    let failing = (0..REPLAYS).filter(fails).count() as u32;
    Chance { at, failing, replays: REPLAYS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_few_and_reach_from_the_first_to_the_last() {
        let all: Vec<Time> = (0..1_000).map(Time).collect();
        for many in [1, 2, 3, INSTANTS, INSTANTS + 1, 1_000] {
            let some = spread(&all[..many]);
            assert_eq!(some.len(), many.min(INSTANTS));
            assert_eq!((some[0], some[some.len() - 1]), (Time(0), Time(many as u64 - 1)));
            assert!(some.is_sorted_by(|a, b| a < b));
        }
    }
}
