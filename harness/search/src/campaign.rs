//! A campaign over one scenario: many seeds, folded into rows, each violation made a finding.

use crate::executor::{Executor, map};
use crate::explain::needs;
use crate::fold::Tally;
use crate::shrink::{Shrunk, shrink};
use crate::trial::Trial;
use pepperland_core::checker::Checker;
use pepperland_core::finding::{Finding, Row, Size};
use pepperland_core::history::{History, Kind};
use pepperland_core::runtime::{Detail, Refused};
use pepperland_core::seed::Seed;
use std::sync::atomic::{AtomicBool, Ordering};

/// How far a search goes.
#[derive(Copy, Clone, Debug)]
pub struct Limits {
    /// How many runs.
    pub runs: u64,
    /// Which of the runs: those whose index leaves this remainder …
    pub shard: u64,
    /// … divided by this.
    pub shards: u64,
    /// Stop at the first violation.
    pub fail_fast: bool,
    /// How many replays shrinking may take.
    pub shrink_replays: u32,
}

/// What a search tells while it goes on, and asks.
pub trait Progress: Sync {
    /// So many more runs are done.
    fn advanced(&self, runs: u64);
    /// Whether to begin no new runs: time is up, or somebody interrupted.
    fn should_stop(&self) -> bool;
}

/// What a search of one scenario found.
#[derive(Debug, Default)]
pub struct Searched {
    /// One row for each property.
    pub rows: Vec<Row>,
    /// A finding for each row that is violated, in the order of the rows.
    pub findings: Vec<Finding>,
    /// How many runs there were.
    pub runs: u64,
    /// How many events they recorded.
    pub events: u64,
}

/// Runs in one task of an executor: few enough to keep every thread busy, enough that the results
/// of a long campaign stay small.
fn chunk_size(runs: u64) -> u64 {
    (runs / 1_024).clamp(32, 8_192).max(runs.div_ceil(65_536))
}

#[derive(Default)]
struct Chunk {
    tallies: Vec<Tally>,
    runs: u64,
    events: u64,
}

/// Searches one scenario: the runs whose index belongs to the shard, in any order; the outcome
/// depends on the limits and the seed alone, unless the progress says to stop.
///
/// # Errors
/// What the runtime refuses.
pub fn search(
    trial: &Trial<'_>,
    base: Seed,
    limits: &Limits,
    executor: &dyn Executor,
    progress: &dyn Progress,
) -> Result<Searched, Refused> {
    trial.runtime.accepts(&trial.schedule(trial.seed(base, 0)))?;
    let size = chunk_size(limits.runs);
    let chunks = limits.runs.div_ceil(size) as usize;
    let stop = AtomicBool::new(false);
    let results = map(executor, chunks, |chunk| {
        let range = chunk as u64 * size..((chunk as u64 + 1) * size).min(limits.runs);
        let mine = range.filter(|run| run % limits.shards == limits.shard);
        run_chunk(trial, base, mine, limits, &stop, progress)
    });
    let mut total =
        Chunk { tallies: vec![Tally::default(); trial.checkers.len()], ..Chunk::default() };
    for chunk in results {
        let chunk = chunk?;
        total.runs += chunk.runs;
        total.events += chunk.events;
        total.tallies.iter_mut().zip(chunk.tallies).for_each(|(sum, tally)| sum.merge(tally));
    }
    Ok(report(trial, base, limits, total))
}

fn run_chunk(
    trial: &Trial<'_>,
    base: Seed,
    runs: impl Iterator<Item = u64>,
    limits: &Limits,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<Chunk, Refused> {
    let mut chunk =
        Chunk { tallies: vec![Tally::default(); trial.checkers.len()], ..Chunk::default() };
    for run in runs {
        if stop.load(Ordering::Relaxed) || progress.should_stop() {
            break;
        }
        let schedule = trial.schedule(trial.seed(base, run));
        let history = trial.run(&schedule, trial.detail())?;
        let verdicts = trial.judge(&schedule, &history);
        for (tally, verdict) in chunk.tallies.iter_mut().zip(&verdicts) {
            tally.count(run, verdict);
            if limits.fail_fast && verdict.witness().is_some() {
                stop.store(true, Ordering::Relaxed);
            }
        }
        chunk.runs += 1;
        chunk.events += history.len() as u64;
    }
    progress.advanced(chunk.runs);
    Ok(chunk)
}

fn report(trial: &Trial<'_>, base: Seed, limits: &Limits, total: Chunk) -> Searched {
    let mut searched = Searched { runs: total.runs, events: total.events, ..Searched::default() };
    for (checker, tally) in trial.checkers.iter().zip(&total.tallies) {
        let finding = tally
            .first_violation
            .and_then(|run| finding(trial, checker, base, run, limits.shrink_replays));
        searched.rows.push(row(trial, checker, tally, finding.as_ref().map(|f| f.id.clone())));
        searched.findings.extend(finding);
    }
    searched
}

fn row(trial: &Trial<'_>, checker: &Checker, tally: &Tally, finding: Option<String>) -> Row {
    let scenario = trial.plan.scenario;
    Row {
        property: checker.property.to_owned(),
        implementation: scenario.implementation.clone(),
        flaw: scenario.flaw.clone(),
        scenario: scenario.name(),
        runtime: trial.runtime.name().to_owned(),
        outcome: tally.ruling(),
        runs: tally.runs,
        effective: tally.effective,
        obligations: tally.obligations,
        critical: tally.critical,
        finding,
        reason: tally.reason.as_ref().map(|(_, reason)| reason.clone()),
        beyond_model: scenario.beyond_model && trial.outside_model_of_claims(checker.property),
    }
}

/// Shrinks and explains the violation of one run.
pub fn finding(
    trial: &Trial<'_>,
    checker: &'static Checker,
    base: Seed,
    run: u64,
    replays: u32,
) -> Option<Finding> {
    let seed = trial.seed(base, run);
    let schedule = trial.schedule(seed);
    let original = trial.run(&schedule, Detail::Network).ok()?;
    let shrunk = shrink(trial, checker, &schedule, replays)?;
    let before = Size::of(&schedule, &original);
    Some(found(trial, checker, seed, run, before, shrunk))
}

fn found(
    trial: &Trial<'_>,
    checker: &'static Checker,
    seed: Seed,
    run: u64,
    before: Size,
    shrunk: Shrunk,
) -> Finding {
    let digest = shrunk.history.digest();
    let again = (0..REPRODUCTIONS).filter(|_| {
        let replayed = trial.run(&shrunk.schedule, Detail::Network);
        replayed.is_ok_and(|history| history.digest() == digest)
    });
    let scenario = trial.plan.scenario;
    Finding {
        id: signature(trial, checker, &shrunk.history),
        property: checker.property.to_owned(),
        statement: checker.statement.to_owned(),
        scenario: scenario.clone(),
        run,
        seed,
        before,
        after: Size::of(&shrunk.schedule, &shrunk.history),
        unfinished: shrunk.unfinished,
        needs: needs(trial, checker, &shrunk.schedule),
        reproduced: (again.count() as u32, REPRODUCTIONS),
        digest: format!("{digest:032x}"),
        beyond_model: scenario.beyond_model && trial.outside_model_of_claims(checker.property),
        schedule: shrunk.schedule,
        history: shrunk.history,
        witness: shrunk.witness,
    }
}

/// How often a finding is replayed before it is reported.
const REPRODUCTIONS: u32 = 10;

/// The same for the same violation: the implementation, the flaw, the property, and what happened
/// at the nodes, without times.
fn signature(trial: &Trial<'_>, checker: &Checker, history: &History) -> String {
    let scenario = trial.plan.scenario;
    let flaw = scenario.flaw.as_deref().unwrap_or_default();
    let mut text = format!("{} {flaw} {}", scenario.implementation, checker.property);
    let told = history.events().filter(|event| !event.kind().is_transmission());
    for event in told.filter(|event| event.kind() != Kind::Heal) {
        let node = event.node().map(|node| node.to_string()).unwrap_or_default();
        let message = event.message_name().unwrap_or_default();
        text.push_str(&format!(" {node} {} {message}", event.kind().word()));
    }
    format!("F-{:08x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()) as u32)
}

/// Shrinks and explains a schedule that somebody else made, if it violates the property.
pub fn finding_of(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &pepperland_core::schedule::Schedule,
    replays: u32,
) -> Option<Finding> {
    let original = trial.run(schedule, Detail::Network).ok()?;
    let shrunk = shrink(trial, checker, schedule, replays)?;
    let before = Size::of(schedule, &original);
    Some(found(trial, checker, schedule.header.seed, 0, before, shrunk))
}
