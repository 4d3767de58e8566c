//! Shrinking ends at the smallest schedule that fails in the same way, and each piece of it is
//! needed.

mod common;

use common::{checker, failing, run, scenario, shape, trial, violation};
use pepperland_core::finding::Need;
use pepperland_core::history::History;
use pepperland_core::id::NodeId;
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::{Disturbance, Fate, Schedule, Trouble};
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::Outcome;
use pepperland_search::{EXPLAIN_REPLAYS, Shrunk, Trial, Violation, needs, shrink};

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
            let needs = needs_of(&trial, &shrunk);
            assert_eq!(needs.len(), shrunk.steps.len() + shrunk.disturbances.len());
            for need in needs {
                let told = format!("{}\n{}", need.piece, shrunk.to_text());
                assert_eq!((need.failing, need.replays), (0, EXPLAIN_REPLAYS), "{told}");
            }
        }
    }
}

fn needs_of(trial: &Trial<'_>, schedule: &Schedule) -> Vec<Need> {
    let checker = trial.checkers[0];
    let violation = Violation::of(trial, checker, schedule, Detail::Network).expect("it fails");
    needs(trial, checker, schedule, &violation, &|| false)
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
    let needs = needs_of(&trial, &more);
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

/// Scenarios that fail under each kind of disturbance.
fn under_every_disturbance() -> [(&'static str, Option<&'static str>, &'static str, &'static str); 8]
{
    [
        ("reliable-ip", Some("no-nack"), "omission:k=2", "validity-all"),
        ("ip-multicast", Some("no-checksum"), "corrupt", "payload-integrity"),
        ("reliable-logged", None, "disk", "no-duplication"),
        ("perfect-link", Some("no-dedup"), "loss,duplicate", "no-duplication"),
        ("fifo", Some("no-hold-back-queue"), "rate", "fifo"),
        ("fifo", Some("no-hold-back-queue"), "partition,pause", "fifo"),
        ("reliable-logged", Some("log-after-delivery"), "crash-recovery", "no-duplication"),
        ("sequencer", Some("ignore-sequence-numbers"), "duplicate,delay", "uniform-total-order"),
    ]
}

#[test]
fn under_every_disturbance_no_piece_of_what_is_left_can_go() {
    for (implementation, flaw, faults, property) in under_every_disturbance() {
        let mut scenario = scenario(implementation, flaw, faults, property);
        scenario.beyond_model = true;
        let trial = trial(&scenario);
        for schedule in failing(&trial, 3) {
            let small = shrunk(&trial, &schedule);
            let told = format!("{implementation} under {faults}\n{}", small.schedule.to_text());
            assert!(!small.unfinished && small.schedule.header.order.is_uniform(), "{told}");
            let drawn = |d: &Disturbance| d.trouble.links().is_some() && !is_cut(d);
            assert!(!small.schedule.disturbances.iter().any(drawn), "{told}");
            let shape = shape(&(small.history.clone(), small.witness.clone()));
            let beyond = |schedule: &Schedule, history: &History| {
                trial.is_judged_beyond(property, schedule, history)
            };
            let may_leave = beyond(&small.schedule, &small.history);
            for without in without_one(&small.schedule) {
                let fails = violation(&trial, &without).filter(|v| common::shape(v) == shape);
                let fails = fails.filter(|(history, _)| may_leave || !beyond(&without, history));
                assert!(fails.is_none(), "{told}\nfails also as\n{}", without.to_text());
            }
            assert_eq!(shrunk(&trial, &schedule).schedule, small.schedule, "{told}");
        }
    }
}

fn is_cut(disturbance: &Disturbance) -> bool {
    matches!(disturbance.trouble, Trouble::Cut { .. })
}

/// The schedules without one of its requests or disturbances.
fn without_one(schedule: &Schedule) -> Vec<Schedule> {
    let step = |gone: usize| {
        let mut without = schedule.clone();
        without.steps.remove(gone);
        without
    };
    let disturbance = |gone: usize| {
        let mut without = schedule.clone();
        without.disturbances.remove(gone);
        without
    };
    let steps = (0..schedule.steps.len()).map(step);
    steps.chain((0..schedule.disturbances.len()).map(disturbance)).collect()
}

#[test]
fn a_run_ends_soon_after_what_nothing_mends() {
    let scenario = scenario("fifo", Some("no-hold-back-queue"), "none", "fifo");
    let trial = trial(&scenario);
    for schedule in failing(&trial, 3) {
        let small = shrunk(&trial, &schedule);
        let last = small.witness.events.iter().map(|id| small.history.event(*id).time()).max();
        let rest = small.schedule.header.end.since(last.expect("a proof"));
        assert!(rest <= Span::millis(10), "{}", small.schedule.to_text());
    }
}

#[test]
fn latencies_named_one_by_one_are_in_time_up_to_what_the_network_promises() {
    let scenario = scenario("anycast", Some("two-serve"), "none", "anycast-at-most-one");
    let trial = trial(&scenario);
    for schedule in failing(&trial, 3) {
        let small = shrunk(&trial, &schedule).schedule;
        let network = small.header.network;
        assert_eq!(network.min_latency, network.max_latency, "{}", small.to_text());
        let mut late = small.clone();
        let by = network.promised_latency();
        late.disturbances.push(strike_late(by));
        assert!(violation(&trial, &late).is_none(), "outside the model, {by} ms late");
    }
}

fn strike_late(by: Span) -> Disturbance {
    let (from, to) = (NodeId(0), NodeId(1));
    let trouble = Trouble::strike(from, to, 90, Fate::Delay { by });
    Disturbance::from(Time::ZERO, trouble)
}
