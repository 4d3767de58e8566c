//! Whoever assumes that nothing is late is not accused in real time, and everybody else is.

mod common;

use common::{scenario, trial};
use pepperland_core::checker::Case;
use pepperland_core::history::Clock;
use pepperland_core::history::lanes::lanes;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::{Outcome, Ruling, Verdict};

/// The verdict of an implementation on a history by this clock.
fn verdict(scenario: &Scenario, picture: &str, clock: Clock, unclean: bool) -> Verdict {
    let trial = trial(scenario);
    let mut history = lanes(picture);
    history.header.clock = clock;
    if unclean {
        history.header.about.insert("unclean".to_owned(), "the harness was late".into());
    }
    let mut schedule = trial.schedule(Seed(1));
    schedule.disturbances.clear();
    trial.judge_one(trial.checkers[0], &schedule, &Case::new(&history))
}

/// n2 delivers twice what n1 has multicast once.
const TWICE: &str = "n1: !a a\nn2:    a a";

#[test]
fn a_model_that_knows_latencies_is_not_broken_by_real_time() {
    let synchronous = scenario("clock-order", None, "none", "no-duplication");
    let of = |clock, unclean| verdict(&synchronous, TWICE, clock, unclean);
    assert_eq!(of(Clock::Virtual, false).ruling(), Ruling::Violated);
    let excused = of(Clock::Real, false);
    assert_eq!(excused.ruling(), Ruling::Undecided);
    let Outcome::Undecided(reason) = of(Clock::Real, true).outcome else { panic!("not excused") };
    assert!(reason.contains("clock-order assumes that nothing is late"), "{reason}");
    assert!(reason.ends_with("the harness was late"), "{reason}");
}

#[test]
fn who_assumes_nothing_of_time_has_no_excuse() {
    let asynchronous = scenario("reliable", None, "none", "no-duplication");
    let late = verdict(&asynchronous, TWICE, Clock::Real, true);
    assert_eq!(late.ruling(), Ruling::Violated);
    let mut beyond = scenario("clock-order", None, "none", "no-duplication");
    beyond.beyond_model = true;
    assert_eq!(verdict(&beyond, TWICE, Clock::Real, false).ruling(), Ruling::Violated);
}

#[test]
fn what_holds_in_real_time_holds() {
    let synchronous = scenario("clock-order", None, "none", "no-duplication");
    let held = verdict(&synchronous, "n1: !a a\nn2:    a", Clock::Real, true);
    assert_eq!(held.ruling(), Ruling::Held);
}
