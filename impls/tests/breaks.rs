//! Every expected break: the schedule that shows it is short, and breaks a property that the design
//! does not claim of such a run.

#[path = "common/judging.rs"]
mod judging;

use judging::{judge_scenario, run};
use pepperland_core::history::Kind;
use pepperland_core::implementation::{Break, Implementation};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::Verdict;

fn breaks() -> impl Iterator<Item = (&'static Implementation, &'static Break)> {
    let of = |i: &'static Implementation| i.breaks.iter().map(move |expected| (i, expected));
    pepperland_impls::all().flat_map(of)
}

fn told(implementation: &Implementation, expected: &Break) -> String {
    format!("{}, {}", implementation.name, expected.name)
}

/// The verdict on the property that breaks, and how many deliveries the run has.
fn verdict(implementation: &Implementation, expected: &Break, beyond: bool) -> (Verdict, usize) {
    let mut schedule = Schedule::from_text(expected.killer).expect("it is a schedule");
    schedule.header.implementation = implementation.name.to_owned();
    schedule.header.flaw = None;
    let history = run(&schedule, implementation);
    let scenario =
        Scenario { beyond_model: beyond, ..Scenario::new(implementation.name, expected.faults) };
    let property = std::iter::once(expected.property);
    let verdicts = judge_scenario(implementation, &scenario, &schedule, &history, property);
    let deliveries = history.kinds().iter().filter(|kind| **kind == Kind::Deliver).count();
    (verdicts[0].1.clone(), deliveries)
}

#[test]
fn the_schedule_of_a_break_shows_it_in_at_most_twelve_deliveries() {
    for (implementation, expected) in breaks() {
        let told = told(implementation, expected);
        let (verdict, deliveries) = verdict(implementation, expected, true);
        assert!(verdict.witness().is_some(), "{told}: {verdict:?}");
        assert!(deliveries <= 12, "{told}: {deliveries} deliveries");
    }
}

#[test]
fn what_is_expected_to_break_is_not_claimed_of_the_run() {
    for (implementation, expected) in breaks() {
        if implementation.claim(expected.property).is_some() {
            let (verdict, _) = verdict(implementation, expected, false);
            assert!(verdict.witness().is_none(), "{}: {verdict:?}", told(implementation, expected));
        }
    }
}
