//! What the network drew, named message by message, does the same.

mod common;

use common::{run, scenario, trial, violation};
use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::Schedule;
use pepperland_core::time::Time;
use pepperland_search::{Trial, flatten, shrink};

/// What happened at the nodes, with its times.
fn happened(history: &History) -> Vec<(Time, Option<NodeId>, Kind, Option<String>)> {
    let events = history.events().filter(|e| e.node().is_some() && !e.kind().is_transmission());
    events.map(|e| (e.time(), e.node(), e.kind(), e.message_name())).collect()
}

#[test]
fn a_flattened_schedule_does_the_same_without_any_choice() {
    let chances = [
        "none",
        "crash",
        "delay",
        "jitter",
        "reorder",
        "duplicate",
        "loss",
        "omission:k=2",
        "rate",
        "value",
        "pause",
        "partition",
        "window:unstable:act=cut",
    ];
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
    for faults in ["none", "crash", "jitter", "loss,duplicate", "partition", "pause", "rate"] {
        for implementation in ["basic", "fifo", "sequencer"] {
            let mut scenario = scenario(implementation, None, faults, "validity-all");
            scenario.beyond_model = true;
            let trial = trial(&scenario);
            for schedule in (0..3).flat_map(|seed| in_every_order(&trial, seed)) {
                let history = trial.run(&schedule, Detail::Network).expect("accepted");
                let flat = flatten(&schedule, &history);
                assert!(flat.header.order.is_uniform());
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

#[test]
fn what_nodes_send_as_they_start_can_be_named_and_time_outs_stay_what_they_were() {
    for implementation in ["token-ring", "keepalive-detector"] {
        let scenario = scenario(implementation, None, "crash", "validity-all");
        let trial = trial(&scenario);
        for seed in 0..2 {
            let schedule = trial.schedule(trial.seed(common::BASE, seed));
            let history = trial.run(&schedule, Detail::Network).expect("accepted");
            let flat = flatten(&schedule, &history);
            assert!(happened(&run(&trial, &flat)) == happened(&history), "{implementation}");
        }
    }
}
