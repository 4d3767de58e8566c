//! Liars of every kind, without attack code: who trusts them is broken, and whoever counts to
//! 2f + 1 before it believes is not.

#[path = "../common/mod.rs"]
mod common;
mod toys;

use common::{BASE, run, scenario, trial, trial_with, violation};
use pepperland_core::history::{Event, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::Detail;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::{Order, Schedule, Trouble, Way};
use pepperland_core::verdict::{Outcome, Ruling};
use pepperland_search::{Shrunk, Trial, flatten, shrink};
use pepperland_sim::Simulator;
use std::collections::BTreeMap;
use std::sync::Arc;
use toys::{ECHOES, TRUSTS};

const WAYS: [&str; 10] = [
    "small-scope",
    "earlier",
    "replay",
    "readdress",
    "equivocate",
    "silent",
    "late",
    "partial-mac",
    "mixed",
    "twins",
];

const PROMISES: [&str; 5] = [
    "byzantine-validity",
    "byzantine-integrity",
    "byzantine-consistency",
    "byzantine-totality",
    "no-duplication",
];

/// A scenario of one of the toys.
fn of_toy(toy: &'static Implementation, faults: &str, properties: &[&str]) -> Scenario {
    let mut scenario = Scenario::new(toy.name, faults);
    scenario.properties = properties.iter().map(|name| (*name).to_owned()).collect();
    scenario.broadcasts = 3;
    scenario
}

fn toy_trial<'a>(toy: &'a Implementation, scenario: &'a Scenario) -> Trial<'a> {
    trial_with(Arc::new(Simulator), toy, scenario)
}

/// The first run that violates the only property, shrunk.
fn broken(trial: &Trial<'_>, within: u64) -> Option<Shrunk> {
    let schedules = (0..within).map(|run| trial.schedule(trial.seed(BASE, run)));
    let failing = schedules.filter(|schedule| violation(trial, schedule).is_some());
    let shrunk =
        failing.take(3).filter_map(|failing| shrink(trial, trial.checkers[0], &failing, 2_000));
    // A change of a number may do harm only where many other things fall together.
    shrunk.min_by_key(|shrunk| shrunk.schedule.steps.len())
}

#[test]
fn two_thirds_of_echoes_withstand_every_way_of_lying() {
    for way in WAYS {
        let faults = format!("byzantine:{way}");
        let scenario = of_toy(&ECHOES, &faults, &PROMISES);
        let trial = toy_trial(&ECHOES, &scenario);
        let mut discharged = 0;
        for index in 0..250 {
            let schedule = trial.schedule(trial.seed(BASE, index));
            let history = run(&trial, &schedule);
            assert!(schedule.liars().len() <= 1, "the budget is one");
            for (property, verdict) in PROMISES.iter().zip(trial.judge(&schedule, &history)) {
                let told = format!("{property}, {faults}, run {index}: {verdict:?}");
                assert_ne!(verdict.ruling(), Ruling::Violated, "{told}\n{}", schedule.to_text());
                discharged += u64::from(verdict.outcome == Outcome::Held);
            }
        }
        assert!(discharged > 500, "{faults}: {discharged} verdicts say that it held");
    }
}

#[test]
fn whoever_trusts_the_origin_is_broken_by_small_lies_by_two_stories_and_by_twins() {
    for way in ["small-scope", "equivocate", "twins"] {
        let faults = format!("byzantine:{way}");
        let scenario = of_toy(&TRUSTS, &faults, &["byzantine-consistency"]);
        let trial = toy_trial(&TRUSTS, &scenario);
        let shrunk = broken(&trial, 100).unwrap_or_else(|| panic!("{way} breaks it"));
        is_readable(&shrunk, way);
    }
}

#[test]
fn a_sequencer_that_lies_or_runs_twice_breaks_total_order() {
    for way in ["small-scope", "equivocate", "twins"] {
        let mut scenario = scenario("sequencer", None, &format!("byzantine:{way}"), "total-order");
        scenario.beyond_model = true;
        let trial = trial(&scenario);
        let shrunk = broken(&trial, 400).unwrap_or_else(|| panic!("{way} breaks it"));
        is_readable(&shrunk, way);
    }
}

/// Few requests, few lies, one sentence, and what the liar said instead of what.
fn is_readable(shrunk: &Shrunk, way: &str) {
    let text = shrunk.schedule.to_text();
    let (steps, lies) = (shrunk.schedule.steps.len(), shrunk.schedule.disturbances.len());
    assert!(steps <= 5 && lies <= 3 && shrunk.schedule.header.nodes <= 4, "{way}:\n{text}");
    assert!(shrunk.witness.events.len() <= 8 && !shrunk.witness.because.is_empty(), "{way}");
    let told = |event: &Event<'_>| event.field("said").is_some();
    match way {
        "twins" => {
            let second = |event: &Event<'_>| {
                let text = event.field("text").and_then(|text| text.as_str());
                text.is_some_and(|text| text.starts_with("its second copy"))
            };
            let told = shrunk.history.events().any(|event| second(&event))
                || of_the_second_copy(&shrunk.history);
            assert!(told, "which copy did what:\n{text}");
        }
        _ => assert!(shrunk.history.events().any(|event| told(&event)), "{way}:\n{text}"),
    }
}

fn of_the_second_copy(history: &History) -> bool {
    let labels = history.events().filter_map(|event| event.transmission()?.label.clone());
    labels.into_iter().any(|label| label.contains("second copy"))
}

#[test]
fn every_way_of_lying_changes_what_some_run_does() {
    for way in WAYS {
        // Only what carries authenticators can have them spoilt.
        let toy = if way == "partial-mac" { &toys::SIGNS } else { &ECHOES };
        let scenario = of_toy(toy, &format!("byzantine:{way}:rate=100%"), &["byzantine-integrity"]);
        let trial = toy_trial(toy, &scenario);
        let touched = (0..40).filter(|index| {
            let schedule = trial.schedule(trial.seed(BASE, *index));
            let history = run(&trial, &schedule);
            let touched = |event: &Event<'_>| {
                event.field("touched").and_then(serde_json::Value::as_u64).unwrap_or_default()
            };
            let heals = history.events().filter(|event| event.kind() == Kind::Heal);
            heals.map(|event| touched(&event)).sum::<u64>() > 0
        });
        assert!(touched.count() > 10, "{way} touches something");
    }
}

#[test]
fn some_receivers_take_what_others_refuse_where_authenticators_are_spoilt() {
    let scenario = of_toy(&toys::SIGNS, "byzantine:partial-mac:rate=100%", &["byzantine-totality"]);
    let trial = toy_trial(&toys::SIGNS, &scenario);
    let shrunk = broken(&trial, 100).expect("whoever is told nothing valid delivers nothing");
    assert_eq!(shrunk.schedule.disturbances.len(), 1, "{}", shrunk.schedule.to_text());
    assert!(shrunk.schedule.to_text().contains("\"spoil\""));
}

#[test]
fn each_lie_of_a_run_is_named_by_itself() {
    for way in WAYS {
        let toy = if way == "partial-mac" { &toys::SIGNS } else { &ECHOES };
        let faults = format!("byzantine:{way},jitter,duplicate");
        let scenario = of_toy(toy, &faults, &["byzantine-integrity"]);
        let trial = toy_trial(toy, &scenario);
        for index in 0..12 {
            let mut schedule = trial.schedule(trial.seed(BASE, index));
            schedule.header.order = if index % 2 == 0 { Order::Uniform } else { Order::Pos };
            let history = trial.run(&schedule, Detail::Network).expect("accepted");
            let flat = flatten(&schedule, &history);
            // Haste is in no message.
            let drawn =
                |d: &Trouble| matches!(d, Trouble::Lie { how, .. } if how.way != Way::Hasty);
            assert!(!flat.disturbances.iter().any(|d| drawn(&d.trouble)));
            let again = run(&trial, &flat);
            assert_eq!(deliveries(&again), deliveries(&history), "{way}, run {index}");
        }
    }
}

/// What was delivered where and when, and with which contents.
fn deliveries(history: &History) -> Vec<String> {
    let events = history.events().filter(|event| event.kind() == Kind::Deliver);
    let told = |e: Event<'_>| (e.time(), e.node(), e.message_name(), e.digest());
    events.map(|event| format!("{:?}", told(event))).collect()
}

#[test]
fn more_liars_than_may_are_outside_of_the_model() {
    let scenario = of_toy(&ECHOES, "byzantine:liars=2", &["byzantine-integrity"]);
    let trial = toy_trial(&ECHOES, &scenario);
    let schedule = trial.schedule(trial.seed(BASE, 0));
    assert_eq!(schedule.liars().len(), 2);
    let history = run(&trial, &schedule);
    let verdicts = trial.judge(&schedule, &history);
    let Outcome::Undecided(reason) = &verdicts[0].outcome else { panic!("{verdicts:?}") };
    assert_eq!(reason, "outside the model: 2 of the nodes lie, and 1 may");
    let beyond = Scenario { beyond_model: true, ..scenario };
    let judged = toy_trial(&ECHOES, &beyond).judge(&schedule, &history);
    assert_ne!(judged[0].ruling(), Ruling::Undecided, "{judged:?}");
}

/// How often each node is the liar in so many runs.
fn liars(trial: &Trial<'_>, runs: u64) -> BTreeMap<NodeId, u64> {
    let mut liars = BTreeMap::new();
    let schedules = (0..runs).map(|index| trial.schedule(trial.seed(BASE, index)));
    for liar in schedules.flat_map(|schedule: Schedule| schedule.liars()) {
        *liars.entry(liar).or_default() += 1;
    }
    liars
}

#[test]
fn an_adaptive_liar_is_the_node_that_deliveries_rest_on() {
    let drawn = scenario("sequencer", None, "byzantine:small-scope", "total-order");
    let adaptive =
        scenario("sequencer", None, "byzantine:small-scope:choice=adaptive", "total-order");
    let (drawn, adaptive) = (liars(&trial(&drawn), 40), liars(&trial(&adaptive), 40));
    assert!(drawn.len() > 1, "{drawn:?}");
    assert_eq!(adaptive.keys().collect::<Vec<_>>(), [&NodeId(0)], "n1 orders: {adaptive:?}");
    assert!(adaptive[&NodeId(0)] > 30, "{adaptive:?}");
}

#[test]
fn an_adaptive_liar_breaks_the_sequencer_and_not_the_echoes() {
    let mut scenario =
        scenario("sequencer", None, "byzantine:equivocate:choice=adaptive", "total-order");
    scenario.beyond_model = true;
    assert!(broken(&trial(&scenario), 100).is_some());
    let scenario = of_toy(&ECHOES, "byzantine:choice=adaptive", &PROMISES);
    let trial = toy_trial(&ECHOES, &scenario);
    for index in 0..100 {
        let schedule = trial.schedule(trial.seed(BASE, index));
        let verdicts = trial.judge(&schedule, &run(&trial, &schedule));
        let violated = verdicts.iter().any(|verdict| verdict.ruling() == Ruling::Violated);
        assert!(!violated, "run {index}: {verdicts:?}");
    }
}
