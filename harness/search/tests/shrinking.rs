//! Shrinking ends at the smallest schedule that fails in the same way, and each piece of it is
//! needed.

mod common;

use common::{checker, failing, run, scenario, shape, trial, violation};
use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::{Fate, Schedule, Trouble};
use pepperland_core::time::Time;
use pepperland_core::verdict::Outcome;
use pepperland_search::{EXPLAIN_REPLAYS, Shrunk, Trial, flatten, needs, shrink};

/// As many replays as the command line allows.
const REPLAYS: u32 = 4000;

fn shrunk(trial: &Trial<'_>, schedule: &Schedule) -> Shrunk {
    shrink(trial, trial.checkers[0], schedule, REPLAYS).expect("it fails")
}

fn size(schedule: &Schedule) -> (usize, usize, u32) {
    (schedule.steps.len(), schedule.disturbances.len(), schedule.header.nodes)
}

#[test]
fn a_lost_agreement_is_one_request_one_crash_and_at_most_three_nodes() {
    let scenario = scenario("basic", None, "crash", "agreement");
    let trial = trial(&scenario);
    for schedule in failing(&trial, 24) {
        let shrunk = shrunk(&trial, &schedule);
        let (steps, disturbances, nodes) = size(&shrunk.schedule);
        let told = shrunk.schedule.to_text();
        assert_eq!((steps, disturbances), (1, 1), "{told}");
        assert!(nodes <= 3, "{told}");
        let trouble = &shrunk.schedule.disturbances[0].trouble;
        assert!(matches!(trouble, Trouble::Crash { .. }), "{told}");
        assert!(!shrunk.unfinished);
    }
}

/// Scenarios that fail, each in its own way.
fn broken() -> [(&'static str, Option<&'static str>, &'static str, &'static str); 5] {
    [
        ("basic", None, "crash", "agreement"),
        ("basic", Some("self-only"), "none", "validity-all"),
        ("fifo", Some("no-hold-back-queue"), "none", "fifo"),
        ("lamport", Some("tie-break-by-arrival"), "none", "uniform-total-order"),
        ("sequencer", Some("ignore-sequence-numbers"), "none", "uniform-total-order"),
    ]
}

#[test]
fn the_same_property_fails_in_the_same_shape() {
    for (implementation, flaw, faults, property) in broken() {
        let scenario = scenario(implementation, flaw, faults, property);
        let trial = trial(&scenario);
        for schedule in failing(&trial, 3) {
            let before = shape(&violation(&trial, &schedule).expect("it fails"));
            let shrunk = shrunk(&trial, &schedule);
            let after = violation(&trial, &shrunk.schedule).expect("it fails still");
            assert_eq!(shape(&after), before, "{implementation} {flaw:?}");
            assert!(size(&shrunk.schedule) <= size(&schedule));
            let named = shape(&(shrunk.history.clone(), shrunk.witness.clone()));
            assert_eq!(named, before, "the witness is one of the shrunk history");
            let digest = trial.run(&shrunk.schedule, Detail::Network).map(|h| h.digest());
            assert_eq!(digest.expect("accepted"), shrunk.history.digest());
        }
    }
}

#[test]
fn a_liar_shrinks_to_one_lie() {
    for property in ["agreement", "no-creation"] {
        let mut scenario = scenario("basic", None, "byzantine:small-scope", property);
        scenario.beyond_model = true;
        let trial = trial(&scenario);
        for schedule in failing(&trial, 6) {
            let shrunk = shrunk(&trial, &schedule);
            let told = shrunk.schedule.to_text();
            let (steps, disturbances, nodes) = size(&shrunk.schedule);
            assert!(steps <= 4 && disturbances == 1 && nodes <= 3, "{told}");
            let trouble = &shrunk.schedule.disturbances[0].trouble;
            assert!(matches!(trouble, Trouble::Strike { fate: Fate::Lie { .. }, .. }), "{told}");
            assert_eq!(shrunk.history.header.byzantine.len(), 1);
        }
    }
}

#[test]
fn a_liar_is_outside_every_model_unless_that_is_asked_for() {
    let scenario = scenario("basic", None, "byzantine", "no-creation");
    let trial = trial(&scenario);
    let schedule = trial.schedule(trial.seed(common::BASE, 0));
    assert!(!schedule.liars().is_empty());
    let case = run(&trial, &schedule);
    let verdict = &trial.judge(&schedule, &case)[0];
    let reason = "outside the model: basic does not claim to live with byzantine";
    assert_eq!(verdict.outcome, Outcome::Undecided(reason.to_owned()));
}

#[test]
fn what_has_been_shrunk_does_not_shrink_again() {
    for (implementation, flaw, faults, property) in broken() {
        let scenario = scenario(implementation, flaw, faults, property);
        let trial = trial(&scenario);
        for schedule in failing(&trial, 3) {
            let once = shrunk(&trial, &schedule).schedule;
            let twice = shrunk(&trial, &once).schedule;
            assert_eq!(size(&twice), size(&once), "{}\n{}", once.to_text(), twice.to_text());
        }
    }
}

#[test]
fn nothing_fails_without_any_one_piece_of_a_shrunk_schedule() {
    for (implementation, flaw, faults, property) in broken() {
        let scenario = scenario(implementation, flaw, faults, property);
        let trial = trial(&scenario);
        for schedule in failing(&trial, 3) {
            let shrunk = shrunk(&trial, &schedule).schedule;
            let needs = needs(&trial, trial.checkers[0], &shrunk, &|| false);
            assert_eq!(needs.len(), shrunk.steps.len() + shrunk.disturbances.len());
            for need in needs {
                let told = format!("{}\n{}", need.piece, shrunk.to_text());
                assert_eq!((need.failing, need.replays), (0, EXPLAIN_REPLAYS), "{told}");
            }
        }
    }
}

#[test]
fn a_piece_that_is_not_needed_is_said_to_be_none() {
    let scenario = scenario("basic", None, "crash", "agreement");
    let trial = trial(&scenario);
    let schedule = failing(&trial, 1).remove(0);
    let shrunk = shrunk(&trial, &schedule).schedule;
    let mut more = shrunk.clone();
    let mut late = more.steps[0].clone();
    late.id += 1;
    late.when = pepperland_core::schedule::When::At(Time(more.header.end.0 - 1));
    more.steps.push(late);
    let needs = needs(&trial, trial.checkers[0], &more, &|| false);
    let failing: Vec<u32> = needs.iter().map(|need| need.failing).collect();
    assert_eq!(failing, [0, 0, EXPLAIN_REPLAYS]);
}

#[test]
fn what_does_not_fail_is_not_shrunk() {
    let scenario = scenario("reliable", None, "crash", "agreement");
    let trial = trial(&scenario);
    let schedule = trial.schedule(trial.seed(common::BASE, 0));
    assert!(shrink(&trial, checker("agreement"), &schedule, REPLAYS).is_none());
}

#[test]
fn at_the_limit_shrinking_says_so_and_still_has_a_failure() {
    let scenario = scenario("basic", None, "crash", "agreement");
    let trial = trial(&scenario);
    let schedule = failing(&trial, 1).remove(0);
    for limit in [0, 1, 5] {
        let shrunk = shrink(&trial, checker("agreement"), &schedule, limit).expect("it fails");
        assert!(shrunk.unfinished);
        assert!(violation(&trial, &shrunk.schedule).is_some());
    }
}

/// What happened at the nodes, with its times.
fn happened(history: &History) -> Vec<(Time, Option<NodeId>, Kind, Option<String>)> {
    let events = history.events().filter(|e| e.node().is_some() && !e.kind().is_transmission());
    events.map(|e| (e.time(), e.node(), e.kind(), e.message_name())).collect()
}

#[test]
fn a_flattened_schedule_does_the_same_without_any_choice() {
    let chances = ["none", "crash", "delay", "jitter", "reorder", "duplicate", "loss"];
    let several = [
        "loss,duplicate,jitter",
        "duplicate,jitter,loss",
        "crash-recovery,jitter",
        "byzantine,jitter,duplicate",
    ];
    for faults in chances.into_iter().chain(several) {
        for implementation in ["basic", "fifo", "sequencer"] {
            let mut scenario = scenario(implementation, None, faults, "validity-all");
            scenario.beyond_model = true;
            let trial = trial(&scenario);
            for seed in 0..6 {
                let schedule = trial.schedule(trial.seed(common::BASE, seed));
                let history = trial.run(&schedule, Detail::Network).expect("accepted");
                let flat = flatten(&schedule, &history);
                let told = format!("{implementation} under {faults}, run {seed}");
                assert_eq!(flat.header.network.min_latency, flat.header.network.max_latency);
                let again = run(&trial, &flat);
                assert!(happened(&again) == happened(&history), "{told}");
                // A liar that happened to tell the truth is no liar where each lie is named.
                if flat.liars() != schedule.liars() {
                    continue;
                }
                // Named one by one, harms make other obligations critical; nothing else changes.
                let judged = |schedule: &Schedule, history: &History| {
                    let verdicts = trial.judge(schedule, history);
                    let told = verdicts.iter().map(|v| (v.ruling(), v.obligations));
                    told.collect::<Vec<_>>()
                };
                assert_eq!(judged(&flat, &again), judged(&schedule, &history), "{told}");
            }
        }
    }
}

/// The schedules of a trial in every order of arrival.
fn in_every_order(trial: &Trial<'_>, seed: u64) -> Vec<Schedule> {
    let orders = ["steady", "fifo(3/64)", "pos", "pctcp(3/64)", "rounds"];
    let schedule = trial.schedule(trial.seed(common::BASE, seed));
    let ordered = orders.map(|order| {
        let mut schedule = schedule.clone();
        schedule.header.order = order.parse().expect("an order");
        schedule
    });
    ordered.to_vec()
}

#[test]
fn what_an_order_of_arrival_chose_is_read_from_the_history() {
    for faults in ["none", "crash", "jitter", "loss,duplicate", "partition"] {
        for implementation in ["basic", "fifo", "sequencer"] {
            let mut scenario = scenario(implementation, None, faults, "validity-all");
            scenario.beyond_model = true;
            let trial = trial(&scenario);
            for schedule in (0..3).flat_map(|seed| in_every_order(&trial, seed)) {
                let history = trial.run(&schedule, Detail::Network).expect("accepted");
                let flat = flatten(&schedule, &history);
                assert!(flat.header.order.is_uniform());
                // When a cut lets go what it held is for no message to say.
                if history.has(Kind::Cut) {
                    continue;
                }
                let order = schedule.header.order;
                let again = run(&trial, &flat);
                assert!(
                    happened(&again) == happened(&history),
                    "{implementation}, {faults}, {order}"
                );
            }
        }
    }
}

#[test]
fn a_finding_in_any_order_of_arrival_is_shrunk_to_a_plain_schedule() {
    let scenario = scenario("fifo", Some("no-hold-back-queue"), "none", "fifo");
    let trial = trial(&scenario);
    let mut shrunk = 0;
    for schedule in (0..20).flat_map(|seed| in_every_order(&trial, seed)) {
        if violation(&trial, &schedule).is_some() && shrunk < 10 {
            shrunk += 1;
            let small = shrink(&trial, trial.checkers[0], &schedule, 2_000).expect("it fails");
            assert!(small.schedule.header.order.is_uniform(), "{}", schedule.header.order);
            assert!(small.schedule.steps.len() <= 2);
        }
    }
    assert!(shrunk >= 5, "{shrunk} runs fail");
}
