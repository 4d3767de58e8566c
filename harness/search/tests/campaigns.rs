//! What a campaign says depends on its seed and its limits, and on nothing else.

mod common;

use common::{BASE, scenario, trial, violation};
use pepperland_core::fault::Fault;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Trouble;
use pepperland_core::verdict::Ruling;
use pepperland_search::planner::{self, UNIFORM};
use pepperland_search::{Executor, InOrder, Limits, Planner, Progress, Searched, search};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

const LIMITS: Limits = Limits {
    strategy: &UNIFORM,
    runs: 150,
    shard: 0,
    shards: 1,
    fail_fast: false,
    shrink_replays: 300,
};

/// The last task first.
struct Reversed;

impl Executor for Reversed {
    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..tasks).rev().for_each(task);
    }
}

/// Every other task first.
struct Interleaved;

impl Executor for Interleaved {
    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..tasks).step_by(2).for_each(task);
        (1..tasks).step_by(2).for_each(task);
    }
}

/// Counts runs, and stops after so many.
struct Until(AtomicU64, u64);

impl Progress for Until {
    fn advanced(&self, runs: u64) {
        self.0.fetch_add(runs, Ordering::Relaxed);
    }

    fn should_stop(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= self.1
    }
}

fn forever() -> Until {
    Until(AtomicU64::new(0), u64::MAX)
}

fn searched(scenario: &Scenario, limits: &Limits, executor: &dyn Executor) -> Searched {
    search(&trial(scenario), BASE, limits, executor, &forever()).expect("nothing is refused")
}

/// Basic multicast does not claim agreement, and breaks it now and then.
fn basic() -> Scenario {
    let mut scenario = scenario("basic", None, "crash", "agreement");
    scenario.properties.push("validity-all".to_owned());
    scenario
}

/// All that a campaign says, as text.
fn told(searched: &Searched) -> String {
    let findings = searched.findings.iter().map(|f| (&f.id, f.run, f.seed, &f.schedule, &f.digest));
    let findings: Vec<_> = findings.collect();
    format!("{:?} {findings:?} {} {}", searched.rows, searched.runs, searched.events)
}

#[test]
fn the_order_of_tasks_does_not_matter() {
    let in_order = searched(&basic(), &LIMITS, &InOrder);
    assert_eq!(in_order.findings.len(), 1, "there is something to find");
    for executor in [&Reversed as &dyn Executor, &Interleaved] {
        assert_eq!(told(&searched(&basic(), &LIMITS, executor)), told(&in_order));
    }
}

#[test]
fn a_finding_is_that_of_the_lowest_run_that_fails() {
    let scenario = basic();
    let trial = trial(&scenario);
    let fails = |run: &u64| violation(&trial, &trial.schedule(trial.seed(BASE, *run))).is_some();
    let lowest = (0..LIMITS.runs).find(fails).expect("some run fails");
    let finding = &searched(&scenario, &LIMITS, &Reversed).findings[0];
    assert_eq!((finding.run, finding.seed), (lowest, trial.seed(BASE, lowest)));
}

#[test]
fn shards_make_up_the_whole() {
    for runs in [97, 150] {
        let limits = Limits { runs, ..LIMITS };
        let whole = searched(&basic(), &limits, &InOrder);
        for shards in [1, 2, 3, 7] {
            let part = |shard| searched(&basic(), &Limits { shard, shards, ..limits }, &InOrder);
            let parts: Vec<Searched> = (0..shards).map(part).collect();
            let sum = |of: fn(&Searched) -> u64| parts.iter().map(of).sum::<u64>();
            assert_eq!(sum(|s| s.runs), runs);
            assert_eq!(sum(|s| s.events), whole.events);
            assert_eq!(sum(|s| s.rows[0].runs), whole.rows[0].runs);
            assert_eq!(sum(|s| s.rows[0].effective), whole.rows[0].effective);
            assert_eq!(sum(|s| s.rows[0].obligations), whole.rows[0].obligations);
            assert_eq!(sum(|s| s.rows[1].critical), whole.rows[1].critical);
            let worst = parts.iter().map(|part| part.rows[0].outcome).max();
            assert_eq!(worst, Some(whole.rows[0].outcome));
            let first = parts.iter().flat_map(|part| &part.findings).min_by_key(|f| f.run);
            assert_eq!(first.map(|f| &f.id), whole.rows[0].finding.as_ref());
        }
    }
}

#[test]
fn fewer_runs_say_what_the_first_of_more_say() {
    let finding = |runs| searched(&basic(), &Limits { runs, ..LIMITS }, &InOrder).findings.pop();
    let [few, many] = [100, 150].map(|runs| finding(runs).expect("it fails early"));
    assert_eq!((few.run, few.id, few.digest), (many.run, many.id, many.digest));
}

#[test]
fn a_row_counts_what_its_runs_say() {
    let searched = searched(&basic(), &LIMITS, &InOrder);
    let [agreement, validity] = &searched.rows[..] else { panic!("a row for each property") };
    assert_eq!(agreement.outcome, Ruling::Violated);
    assert_eq!(validity.outcome, Ruling::Held);
    assert_eq!((validity.runs, validity.effective), (150, 150));
    assert!(validity.obligations >= validity.effective && validity.critical > 0);
    assert_eq!(agreement.finding.as_ref(), Some(&searched.findings[0].id));
    assert_eq!(validity.finding, None);
}

#[test]
fn a_correct_implementation_is_not_accused() {
    let scenario = scenario("reliable", None, "crash", "agreement");
    let searched = searched(&scenario, &LIMITS, &InOrder);
    assert_eq!(searched.rows[0].outcome, Ruling::Held);
    assert!(searched.findings.is_empty());
}

#[test]
fn faults_outside_the_model_are_judged_only_beyond_it() {
    let mut scenario = scenario("reliable", None, "loss", "validity-all");
    let inside = searched(&scenario, &LIMITS, &InOrder);
    assert_eq!(inside.rows[0].outcome, Ruling::Undecided);
    let reason = inside.rows[0].reason.as_deref().unwrap_or_default();
    assert!(reason.contains("outside the model") && reason.contains("loss"), "{reason}");
    scenario.beyond_model = true;
    let beyond = searched(&scenario, &LIMITS, &InOrder);
    assert!(beyond.rows[0].beyond_model && !inside.rows[0].beyond_model);
    assert_ne!(beyond.rows[0].outcome, Ruling::Undecided);
}

#[test]
fn failing_fast_stops_at_the_first_violation() {
    let limits = Limits { fail_fast: true, ..LIMITS };
    let searched = searched(&basic(), &limits, &InOrder);
    assert_eq!(searched.findings[0].run + 1, searched.runs);
}

#[test]
fn whoever_asks_is_told_of_every_run_and_may_stop_them() {
    let scenario = basic();
    let progress = forever();
    let all = search(&trial(&scenario), BASE, &LIMITS, &InOrder, &progress).expect("accepted");
    assert_eq!((all.runs, progress.0.into_inner()), (150, 150));
    let stopping = Until(AtomicU64::new(0), 1);
    let some = search(&trial(&scenario), BASE, &LIMITS, &InOrder, &stopping).expect("accepted");
    assert!(some.runs < 150 && some.runs == stopping.0.into_inner());
    let none = Until(AtomicU64::new(0), 0);
    let none = search(&trial(&scenario), BASE, &LIMITS, &InOrder, &none).expect("accepted");
    assert_eq!((none.runs, none.rows[0].outcome), (0, Ruling::Undecided));
}

#[test]
fn a_finding_reproduces_and_tells_its_size() {
    let finding = searched(&basic(), &LIMITS, &InOrder).findings.remove(0);
    assert_eq!(finding.reproduced, (10, 10));
    assert_eq!(finding.digest, format!("{:032x}", finding.history.digest()));
    assert_eq!(finding.after.events, finding.history.len());
    assert_eq!(finding.after.requests, finding.schedule.steps.len());
    assert_eq!(finding.before.requests, 15, "ten multicasts and a probe by each of five");
    assert!(finding.after.events < finding.before.events);
}

#[test]
fn what_no_run_happened_to_bring_out_has_no_row_and_what_is_violated_has_one() {
    let mut scenario = scenario("basic", None, "crash", "agreement");
    scenario.properties.push("sending-view-delivery".to_owned());
    let rows = |by_chance: &[&'static str]| -> Vec<(String, Ruling)> {
        let mut trial = trial(&scenario);
        trial.by_chance = by_chance.to_vec();
        let found = search(&trial, BASE, &LIMITS, &InOrder, &forever()).expect("it runs");
        found.rows.into_iter().map(|row| (row.property, row.outcome)).collect()
    };
    let agreement = ("agreement".to_owned(), Ruling::Violated);
    let views = ("sending-view-delivery".to_owned(), Ruling::Undecided);
    assert_eq!(rows(&[]), [agreement.clone(), views]);
    assert_eq!(rows(&["agreement", "sending-view-delivery"]), [agreement]);
}

#[test]
fn no_strategy_depends_on_the_order_of_tasks_or_on_shards() {
    for strategy in planner::ALL {
        let limits = Limits { strategy, runs: 96, ..LIMITS };
        let whole = searched(&basic(), &limits, &InOrder);
        assert_eq!(told(&searched(&basic(), &limits, &Reversed)), told(&whole), "{strategy:?}");
        let part = |shard| searched(&basic(), &Limits { shard, shards: 4, ..limits }, &InOrder);
        let parts: Vec<Searched> = (0..4).map(part).collect();
        let sum = |of: fn(&Searched) -> u64| parts.iter().map(of).sum::<u64>();
        assert_eq!((sum(|s| s.runs), sum(|s| s.events)), (96, whole.events), "{strategy:?}");
        let first = parts.iter().flat_map(|part| &part.findings).min_by_key(|f| f.run);
        let finding = whole.findings.first();
        assert_eq!(first.map(|f| &f.schedule), finding.map(|f| &f.schedule), "{strategy:?}");
    }
}

#[test]
fn any_run_of_a_campaign_can_be_planned_again_by_itself() {
    let scenario = scenario("reliable", Some("no-relay"), "crash", "agreement");
    let trial = trial(&scenario);
    for strategy in planner::ALL {
        let mut planner = Planner::new(&trial, strategy, BASE);
        for run in 0..40 {
            let schedule = planner.schedule(run);
            planner.learn(&schedule).expect("accepted");
            let alone = Planner::new(&trial, strategy, BASE).schedule_again(run);
            assert!(alone.expect("accepted") == schedule, "{strategy:?}, run {run}");
        }
    }
}

/// Whatever a strategy makes of a plan, the plan could have drawn itself: the same kinds of faults,
/// none after the heal, no more victims than the budget.
#[test]
fn strategies_keep_to_the_model_and_the_budget() {
    let faults =
        ["none", "crash", "crash-recovery", "partition", "loss", "pause", "jitter,duplicate"];
    for faults in faults {
        let scenario = scenario("uniform", None, faults, "uniform-agreement");
        let trial = trial(&scenario);
        let allowed: Vec<Fault> =
            trial.plan.faults.iter().flat_map(|(profile, _)| profile.needs.to_vec()).collect();
        let nodes = trial.plan.nodes();
        let budget = (trial.plan.implementation.budget)(nodes);
        for strategy in planner::ALL {
            let mut planner = Planner::new(&trial, strategy, BASE);
            for run in 0..64 {
                let schedule = planner.schedule(run);
                planner.learn(&schedule).expect("accepted");
                let mut victims = BTreeSet::new();
                for d in &schedule.disturbances {
                    let kinds = d.trouble.faults(d.until.is_some());
                    let told = format!("{strategy:?} under {faults}, run {run}: {d:?}");
                    assert!(kinds.iter().all(|fault| allowed.contains(fault)), "{told}");
                    assert!(d.at <= schedule.header.heal_at, "{told}");
                    let until = d.until.unwrap_or(d.at);
                    assert!(d.at <= until && until <= schedule.header.heal_at, "{told}");
                    if let Trouble::Crash { node, .. } = d.trouble {
                        victims.insert(node);
                    }
                }
                assert!(victims.len() <= budget, "{strategy:?}: {victims:?} of {budget}");
                let usual = trial.schedule(trial.seed(BASE, run));
                assert_eq!(schedule.header.network.min_latency, usual.header.network.min_latency);
                assert_eq!(schedule.header.network.max_latency, usual.header.network.max_latency);
            }
        }
    }
}
