//! Schedules as a proptest strategy: what is correct passes, what is not fails and shrinks.

mod common;

use common::{scenario, trial, violation};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_search::strategy::{Schedules, schedules};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

fn runner() -> TestRunner {
    let config = Config { cases: 100, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Why the scenario's only property is violated, and the smallest schedule found, if it is.
fn refuted(scenario: &Scenario) -> Option<(String, Schedule)> {
    let schedules = schedules(trial(scenario));
    match runner().run(&&schedules, |schedule| schedules.check(&schedule)) {
        Err(TestError::Fail(why, minimal)) => Some((why.message().to_owned(), minimal)),
        Err(TestError::Abort(why)) => panic!("the test itself failed: {why}"),
        Ok(()) => None,
    }
}

#[test]
fn a_correct_implementation_passes() {
    for faults in ["none", "crash", "swarm"] {
        let scenario = scenario("reliable", None, faults, "agreement");
        assert_eq!(refuted(&scenario), None, "{faults}");
    }
}

#[test]
fn a_flawed_one_fails_and_shrinks() {
    let cases = [
        // The most steps and the most disturbances that may be left.
        ("basic", None, "crash", "agreement", (2, 1)),
        ("basic", Some("self-only"), "crash", "validity-all", (1, 0)),
        ("reliable", Some("no-relay"), "crash", "agreement", (2, 1)),
        ("fifo", Some("no-hold-back-queue"), "delay", "fifo", (4, 1)),
    ];
    for (implementation, flaw, faults, property, (steps, disturbances)) in cases {
        let scenario = scenario(implementation, flaw, faults, property);
        let Some((why, minimal)) = refuted(&scenario) else {
            panic!("{implementation} with {flaw:?} passes");
        };
        let told = format!("{implementation} with {flaw:?}: {}", minimal.to_text());
        assert!(minimal.steps.len() <= steps, "{told}");
        assert!(minimal.disturbances.len() <= disturbances, "{told}");
        assert!(violation(&trial(&scenario), &minimal).is_some(), "{told}");
        assert!(why.starts_with(property), "{why}");
    }
}

/// Shrinks a schedule for as long as it has what is needed.
fn shrink(schedules: &Schedules<'_>, needed: impl Fn(&Schedule) -> bool) -> Schedule {
    let mut tree = (&schedules).new_tree(&mut runner()).expect("a schedule");
    assert!(needed(&tree.current()));
    while tree.simplify() {
        if !needed(&tree.current()) {
            assert!(tree.complicate(), "what was simplified can be undone");
            assert!(needed(&tree.current()), "undoing brings back what was needed");
        }
    }
    tree.current()
}

#[test]
fn shrinking_leaves_nothing_but_what_is_needed() {
    let scenario = scenario("basic", None, "crash", "agreement");
    let schedules = schedules(trial(&scenario));
    let nothing = shrink(&schedules, |_| true);
    assert_eq!((nothing.steps.len(), nothing.disturbances.len()), (0, 0));
    for id in [0, 7, 14] {
        let one = shrink(&schedules, |schedule| schedule.steps.iter().any(|step| step.id == id));
        let left: Vec<u32> = one.steps.iter().map(|step| step.id).collect();
        assert_eq!((left, one.disturbances.len()), (vec![id], 0));
    }
    let faults = shrink(&schedules, |schedule| !schedule.disturbances.is_empty());
    assert_eq!((faults.steps.len(), faults.disturbances.len()), (0, 1));
}

#[test]
fn a_strategy_says_what_it_tests_and_does_not_repeat_itself() {
    let scenario = scenario("basic", None, "crash", "agreement");
    let schedules = schedules(trial(&scenario));
    assert_eq!(format!("{schedules:?}"), "schedules of basic/steady/crash");
    let mut runner = runner();
    let mut next = || (&schedules).new_tree(&mut runner).expect("a schedule").current();
    assert_ne!(next(), next());
}
