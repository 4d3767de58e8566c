//! Runs that do not repeat: findings are kept as they came, shrink by majority, and say at which
//! rate they fail again.

mod common;

use common::flaky::{Flaky, percent};
use common::{BASE, failing, scenario, trial, trial_on};
use pepperland_core::finding::Finding;
use pepperland_core::history::History;
use pepperland_core::runtime::Repeats;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Trouble;
use pepperland_core::verdict::{Ruling, Verdict};
use pepperland_search::planner::UNIFORM;
use pepperland_search::{Executor, InOrder, Limits, Progress, Searched, finding_of, search};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

const LIMITS: Limits = Limits {
    strategy: &UNIFORM,
    runs: 40,
    shard: 0,
    shards: 1,
    fail_fast: false,
    shrink_replays: 2_000,
};

/// Remembers what came, and loses its patience after so many questions.
struct Watcher {
    came: Mutex<Vec<(u64, bool)>>,
    patience: u64,
    most_runs: usize,
}

impl Watcher {
    fn patient() -> Watcher {
        Watcher { came: Mutex::default(), patience: u64::MAX, most_runs: usize::MAX }
    }
}

impl Progress for Watcher {
    fn advanced(&self, _: u64) {}

    fn should_stop(&self) -> bool {
        self.came.lock().unwrap().len() >= self.most_runs
    }

    fn patience(&self, repeats: Repeats) -> Box<dyn Fn() -> bool + '_> {
        assert_ne!(repeats, Repeats::Exactly);
        let asked = AtomicU64::new(0);
        Box::new(move || asked.fetch_add(1, Ordering::Relaxed) >= self.patience)
    }

    fn came(&self, run: u64, history: &History, verdicts: &[Verdict]) {
        let violated = verdicts.iter().any(|verdict| verdict.ruling() == Ruling::Violated);
        assert!(history.header.about.contains_key("try"));
        self.came.lock().unwrap().push((run, violated));
    }
}

/// Basic multicast breaks agreement only where somebody crashes.
fn broken() -> Scenario {
    scenario("basic", None, "crash", "agreement")
}

fn searched(runtime: &Flaky, progress: &Watcher, executor: &dyn Executor) -> Searched {
    let scenario = broken();
    search(&trial_on(Arc::new(runtime.clone()), &scenario), BASE, &LIMITS, executor, progress)
        .expect("accepted")
}

/// The finding of a schedule that fails on the simulator.
fn finding(runtime: &Flaky, progress: &Watcher) -> Option<Finding> {
    let scenario = broken();
    let schedule = failing(&trial(&scenario), 1).remove(0);
    let trial = trial_on(Arc::new(runtime.clone()), &scenario);
    finding_of(&trial, trial.checkers[0], &schedule, LIMITS.shrink_replays, progress)
}

/// The try that a history is of.
fn try_of(finding: &Finding) -> u64 {
    finding.history.header.about["try"].as_u64().expect("a number")
}

#[test]
fn the_finding_is_of_a_run_that_came_and_reproduces_at_its_rate() {
    let (runtime, progress) = (Flaky::new(|run| percent(run, 70)), Watcher::patient());
    let mut searched = searched(&runtime, &progress, &InOrder);
    let finding = searched.findings.remove(0);
    let came = progress.came.into_inner().unwrap();
    assert_eq!((came.len(), searched.runs), (40, 40));
    let lowest = came.iter().find(|(_, violated)| *violated).map(|(run, _)| *run);
    assert_eq!(Some(finding.run), lowest);
    let (again, replays) = finding.reproduced;
    assert!(replays == 10 && (4..10).contains(&again), "{again} of {replays}");
    assert_eq!((finding.repeats, finding.alike), (Repeats::AtARate, false));
    assert_eq!(finding.digest, format!("{:032x}", finding.history.digest()));
    assert_eq!(finding.history.logs[0].text, format!("try {}\n", try_of(&finding)));
}

#[test]
fn it_shrinks_as_far_as_where_runs_repeat() {
    let runtime = Flaky::new(|run| percent(run, 90));
    let finding = finding(&runtime, &Watcher::patient()).expect("it fails");
    let told = finding.schedule.to_text();
    assert_eq!((finding.schedule.steps.len(), finding.schedule.disturbances.len()), (1, 1));
    assert!(matches!(finding.schedule.disturbances[0].trouble, Trouble::Crash { .. }), "{told}");
    assert!(finding.schedule.header.nodes <= 3 && !finding.unfinished, "{told}");
    assert_eq!(finding.explained.needs.len(), 2);
    for need in &finding.explained.needs {
        assert_eq!((need.failing, need.replays), (0, 3), "few replays, {}", need.piece);
    }
}

#[test]
fn shrinking_and_explaining_end_when_time_is_up() {
    let runtime = Flaky::new(|_| true);
    let mut seen = Vec::new();
    for patience in [0, 5, 40] {
        let progress = Watcher { patience, ..Watcher::patient() };
        let before = runtime.count();
        let finding = finding(&runtime, &progress).expect("it fails");
        assert!(finding.unfinished && finding.explained.needs.is_empty());
        assert_eq!(finding.reproduced, (10, 10), "replays are no part of it");
        assert!(runtime.count() - before <= 1 + patience + 10);
        seen.push(finding.after.requests);
    }
    assert!(seen.is_sorted_by(|a, b| a >= b) && seen[2] < seen[0], "{seen:?}");
}

#[test]
fn what_never_fails_again_is_shown_as_it_came() {
    let runtime = Flaky::new(|run| run == 0);
    let finding = finding(&runtime, &Watcher::patient()).expect("it failed once");
    assert_eq!((finding.reproduced, try_of(&finding)), ((0, 10), 0));
    assert_eq!(finding.before, finding.after);
    assert!(finding.explained.needs.is_empty());
}

/// Fails for as long as it is being shrunk; then it depends on who is replayed.
#[test]
fn what_was_shrunk_too_far_gives_way_to_the_original() {
    static SHRUNK: AtomicU64 = AtomicU64::new(u64::MAX);
    let counted = Flaky::new(|_| true);
    let progress = || Watcher { patience: 30, ..Watcher::patient() };
    finding(&counted, &progress()).expect("it fails");
    // The original's run, the shrinking, ten replays.
    SHRUNK.store(counted.count() - 10, Ordering::Relaxed);
    let runtime = Flaky::new(|run| {
        let shrunk = SHRUNK.load(Ordering::Relaxed);
        !(shrunk..shrunk + 10).contains(&run)
    });
    let finding = finding(&runtime, &progress()).expect("it failed");
    assert_eq!(finding.reproduced, (10, 10), "of the original");
    assert_eq!((finding.before.requests, finding.before.faults), {
        (finding.after.requests, finding.after.faults)
    });
    assert!(!finding.unfinished);
}

#[test]
fn a_program_that_draws_by_itself_is_said_to_differ() {
    let repeats = Repeats::IfTheProgramDoes;
    let flaky = Flaky { repeats, ..Flaky::new(|run| run < 500 || run % 2 == 0) };
    let finding = finding(&flaky, &Watcher::patient()).expect("it fails");
    assert_eq!((finding.repeats, finding.alike), (repeats, false));
    assert_eq!(finding.reproduced.1, 10);
}

#[test]
fn a_clean_run_is_preferred_as_the_finding() {
    let runtime = Flaky { clean: |run| run >= 30, ..Flaky::new(|_| true) };
    let progress = Watcher::patient();
    let searched = searched(&runtime, &progress, &InOrder);
    let came = progress.came.into_inner().unwrap();
    let violated = |clean: bool| {
        came.iter()
            .filter(|(_, violated)| *violated)
            .map(|(run, _)| *run)
            .find(|run| (*run >= 30) == clean)
    };
    assert!(violated(false) < violated(true), "there is an unclean one before it");
    assert_eq!(Some(searched.findings[0].run), violated(true));
    assert_eq!(searched.rows[0].unclean, 30);
    assert_eq!(searched.findings[0].history.header.unclean(), None);
}

#[test]
fn without_a_clean_violation_an_unclean_one_is_better_than_none() {
    let runtime = Flaky { clean: |_| false, ..Flaky::new(|_| true) };
    let searched = searched(&runtime, &Watcher::patient(), &InOrder);
    let unclean = searched.findings[0].history.header.unclean();
    assert_eq!(unclean, Some("the harness was 120 ms late"));
    assert_eq!((searched.rows[0].outcome, searched.rows[0].unclean), (Ruling::Violated, 40));
}

#[test]
fn every_run_is_a_task_of_its_own_and_may_be_the_last() {
    let progress = Watcher { most_runs: 7, ..Watcher::patient() };
    let searched = searched(&Flaky::new(|_| false), &progress, &InOrder);
    assert_eq!((searched.runs, searched.rows[0].runs), (7, 7));
    assert!(searched.findings.is_empty());
}

#[test]
fn the_order_of_tasks_does_not_choose_the_finding() {
    struct Backwards;
    impl Executor for Backwards {
        fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
            (0..tasks).rev().for_each(task);
        }
    }
    let run = |executor: &dyn Executor| {
        searched(&Flaky::new(|_| true), &Watcher::patient(), executor).findings[0].run
    };
    assert_eq!(run(&Backwards), run(&InOrder));
}
