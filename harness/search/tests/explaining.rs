//! What replays tell of a shrunk schedule, and what findings of one kind have in common.

mod common;

use common::{failing, run, scenario, trial};
use pepperland_core::checker::Case;
use pepperland_core::finding::Chance;
use pepperland_core::runtime::Detail;
use pepperland_core::verdict::Ruling;
use pepperland_search::{
    Shrunk, Trial, Violation, chances, explain, nearest_passing, shrink, signature,
};
use std::collections::BTreeSet;

/// Runs that fail, shrunk.
fn shrunk(trial: &Trial<'_>, many: usize) -> Vec<Shrunk> {
    let small = |schedule| shrink(trial, trial.checkers[0], &schedule, 4_000).expect("it fails");
    failing(trial, many).into_iter().map(small).collect()
}

fn signatures(flaw: Option<&str>, (implementation, faults): (&str, &str)) -> Vec<String> {
    let property = if faults == "crash" { "agreement" } else { "fifo" };
    let scenario = scenario(implementation, flaw, faults, property);
    let trial = trial(&scenario);
    let of = |small: Shrunk| {
        signature(trial.checkers[0], &small.schedule, &small.history, &small.witness)
    };
    shrunk(&trial, 6).into_iter().map(of).collect()
}

#[test]
fn the_seeds_of_one_failure_share_a_signature_and_two_failures_do_not() {
    let crashes = signatures(None, ("basic", "crash"));
    let overtaken = signatures(Some("no-hold-back-queue"), ("fifo", "none"));
    for of_one in [&crashes, &overtaken] {
        let different: BTreeSet<&String> = of_one.iter().collect();
        assert_eq!(different.len(), 1, "{of_one:?}");
    }
    assert_ne!(crashes[0], overtaken[0]);
    assert_ne!(crashes[0][..8], overtaken[0][..8], "nor the half that tells what broke");
}

#[test]
fn a_run_is_lost_once_nothing_can_save_it() {
    let scenario = scenario("fifo", Some("no-hold-back-queue"), "none", "fifo");
    let trial = trial(&scenario);
    for small in shrunk(&trial, 4) {
        let (checker, schedule) = (trial.checkers[0], &small.schedule);
        let told = chances(&trial, checker, schedule, &small.violation(), &|| false);
        let (first, last) = (told[0], told[told.len() - 1]);
        assert!(first.failing < first.replays, "with fresh draws from the start some runs pass");
        assert_eq!(last.failing, last.replays, "after the violation none does");
        let sound = |chance: &Chance| chance.failing <= chance.replays && chance.replays > 0;
        assert!(told.is_sorted_by(|a, b| a.at < b.at) && told.iter().all(sound));
        let again = chances(&trial, checker, schedule, &small.violation(), &|| false);
        assert_eq!(again, told);
        assert!(chances(&trial, checker, schedule, &small.violation(), &|| true).is_empty());
    }
}

#[test]
fn the_nearest_run_that_passes_does_and_differs_in_one_thing() {
    for (implementation, flaw, faults, property) in [
        ("basic", None, "crash", "agreement"),
        ("fifo", Some("no-hold-back-queue"), "none", "fifo"),
        ("lamport", Some("tie-break-by-arrival"), "none", "uniform-total-order"),
    ] {
        let scenario = scenario(implementation, flaw, faults, property);
        let trial = trial(&scenario);
        for small in shrunk(&trial, 3) {
            let checker = trial.checkers[0];
            let passing = nearest_passing(&trial, checker, &small.schedule, &|| false);
            let passing = passing.expect("without a piece, at least, it passes");
            let history = run(&trial, &passing.schedule);
            let verdict = trial.judge_one(checker, &passing.schedule, &Case::new(&history));
            assert_eq!(verdict.ruling(), Ruling::Held, "{}", passing.change);
            let (steps, faults) = (&passing.schedule.steps, &passing.schedule.disturbances);
            let moved = small.schedule.steps.iter().filter(|step| !steps.contains(step)).count();
            let other = small.schedule.disturbances.iter().filter(|d| !faults.contains(d)).count();
            assert_eq!(moved + other, 1, "{}", passing.change);
        }
    }
}

#[test]
fn whoever_has_no_time_is_told_nothing() {
    let scenario = scenario("basic", None, "crash", "agreement");
    let trial = trial(&scenario);
    let schedule = failing(&trial, 1).remove(0);
    let checker = trial.checkers[0];
    let violation = Violation::of(&trial, checker, &schedule, Detail::Network).expect("it fails");
    let told = explain(&trial, checker, &schedule, &violation, &|| true);
    assert_eq!(told, Default::default());
}
