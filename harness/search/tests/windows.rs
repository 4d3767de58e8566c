//! Faults that look for their moment: the run without them is the run with them, up to it.

mod common;

use common::flaky::Flaky;
use common::{BASE, run, scenario, trial, trial_on};
use pepperland_core::history::{Event, History, Kind};
use pepperland_core::schedule::Schedule;
use pepperland_core::time::Time;
use pepperland_search::{InOrder, Limits, Progress, Trial, planner, search};
use std::sync::Arc;

fn first_fault(schedule: &Schedule) -> Option<Time> {
    schedule.disturbances.iter().map(|disturbance| disturbance.at).min()
}

/// What happened at nodes before an instant.
fn before(history: &History, at: Time) -> Vec<(Time, Kind, Option<String>)> {
    let early = |event: &Event<'_>| event.time() < at && event.node().is_some();
    let told = |event: Event<'_>| (event.time(), event.kind(), event.message_name());
    history.events().filter(early).map(told).collect()
}

fn has_delivered(history: &History, by: Time) -> Vec<(u32, u32)> {
    let events = history.events().filter(|e| e.kind() == Kind::Deliver && e.time() < by);
    events.filter_map(|e| Some((e.message()?, e.node()?.0))).collect()
}

/// Whether some message was delivered at some node and not yet at all when the fault fell.
fn is_unstable(history: &History, nodes: u32, at: Time) -> bool {
    let mut delivered = has_delivered(history, at);
    delivered.sort_unstable();
    delivered.dedup();
    delivered.chunk_by(|a, b| a.0 == b.0).any(|of_one| (of_one.len() as u32) < nodes)
}

#[test]
fn both_runs_are_the_same_up_to_the_window_and_the_fault_falls_into_it() {
    let with = scenario("reliable", None, "window:unstable:act=cut", "agreement");
    let without = scenario("reliable", None, "none", "agreement");
    let (with, without) = (trial(&with), trial(&without));
    let mut found = 0;
    for index in 0..30 {
        let seed = with.seed(BASE, index);
        let schedule = with.schedule(seed);
        assert_eq!(schedule, with.schedule(seed), "the planner is pure");
        let plain = without.plan.schedule(seed);
        assert_eq!((&schedule.header, &schedule.steps), (&plain.header, &plain.steps));
        let Some(at) = first_fault(&schedule) else { continue };
        found += 1;
        let history = run(&with, &schedule);
        assert_eq!(before(&history, at), before(&run(&without, &plain), at));
        assert!(is_unstable(&history, schedule.header.nodes, at), "seed {index}");
        assert!(at < schedule.header.heal_at);
    }
    assert!(found > 20, "a window in {found} of 30 runs");
}

#[test]
fn views_tokens_and_sequencers_have_windows() {
    for (implementation, faults) in [
        ("virtual-synchrony", "churn,window:views"),
        ("token-ring", "window:token"),
        ("moving-sequencer", "window:token"),
        ("virtual-synchrony", "churn,window:sequencer"),
    ] {
        let mut scenario = scenario(implementation, None, faults, "no-creation");
        // Long enough for those who are gone to be missed.
        scenario.chaos_ms = 2_000;
        let trial = trial(&scenario);
        let more = |index: &u64| {
            let seed = trial.seed(BASE, *index);
            let planned = trial.plan.schedule(seed).disturbances;
            let foreseen = trial.schedule(seed).disturbances;
            assert!(foreseen.starts_with(&planned), "what was planned stays as it was");
            foreseen.len() > planned.len()
        };
        let found = (0..20).filter(more).count();
        assert!(found > 0, "{implementation} under {faults}");
    }
}

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64) {}

    fn should_stop(&self) -> bool {
        false
    }
}

fn refused(trial: &Trial<'_>) -> String {
    let limits = Limits {
        runs: 1,
        shard: 0,
        shards: 1,
        fail_fast: false,
        shrink_replays: 1,
        strategy: &planner::UNIFORM,
    };
    search(trial, BASE, &limits, &InOrder, &Silent).expect_err("it is refused").to_string()
}

#[test]
fn where_no_two_runs_are_alike_nothing_can_be_foreseen() {
    let scenario = scenario("reliable", None, "window", "agreement");
    let trial = trial_on(Arc::new(Flaky::new(|_| true)), &scenario);
    let told =
        "the flaky runtime cannot foresee when \"window\" is due: no two of its runs are alike";
    assert_eq!(refused(&trial), told);
}
