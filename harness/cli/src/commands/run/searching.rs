//! Searches every scenario of a suite, and puts together what was found.

use super::keep::{self, Keeping};
use super::shards;
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::files::RunFolder;
use crate::options::Run;
use crate::processes;
use crate::progress::Campaign as Watch;
use crate::suite::Suite;
use crate::threads::Threads;
use pepperland_core::finding::{Campaign, Finding, Row};
use pepperland_core::runtime::Repeats;
use pepperland_core::scenario::Scenario;
use pepperland_core::verdict::Ruling;
use pepperland_search::{Executor, InOrder, Limits, Searched, Trial, map, search};
use std::sync::atomic::{AtomicBool, Ordering};

/// Searches them all; what is found stands in the order of the scenarios.
///
/// # Errors
/// Names that there are not; what a runtime refuses; a disk that takes no history.
pub fn all(
    options: &Run,
    catalog: &Catalog,
    suite: &Suite,
    watched: (&RunFolder, &Watch),
) -> Result<Campaign, Failure> {
    let scenarios = suite.scenarios.iter().map(|(scenario, _)| scenario);
    let trials = scenarios.map(|scenario| catalog.trial(scenario));
    let trials: Vec<Trial<'_>> = trials.collect::<Result<_, _>>()?;
    let threads = Threads::new(options.jobs);
    let (outer, inner): (&dyn Executor, &dyn Executor) =
        match are_side_by_side(&trials, options, &threads) {
            true => (&threads, &InOrder),
            false => (&InOrder, &threads),
        };
    let one = |place: usize| -> Result<Searched, Failure> {
        let (scenario, runs) = &suite.scenarios[place];
        let limits = limits(options, (scenario, *runs));
        let keeping = Keeping::of(scenario, keep::kept(options, suite), watched);
        watched.1.scenario(&scenario.name());
        let found = search(&trials[place], options.seed, &limits, inner, &keeping)?;
        keeping.finish()?;
        Ok(found)
    };
    let is_over = AtomicBool::new(false);
    let found = map(outer, trials.len(), |place| {
        if is_over.load(Ordering::Relaxed) {
            return None;
        }
        let found = one(place);
        let has_failed = |found: &Searched| options.fail_fast && !found.findings.is_empty();
        is_over.fetch_or(found.as_ref().map_or(true, has_failed), Ordering::Relaxed);
        Some(found)
    });
    let mut campaign = Campaign { seed: options.seed, ..Campaign::default() };
    for found in found.into_iter().flatten() {
        add(&mut campaign, found?, options.min_runs);
    }
    Ok(campaign)
}

/// Many scenarios each have a thread, so that none waits for the last run of another; few, and those
/// in real time, have all threads one after another. Nor is one begun that a failure before it would
/// spare.
fn are_side_by_side(trials: &[Trial<'_>], options: &Run, threads: &Threads) -> bool {
    let repeats = |trial: &Trial<'_>| trial.runtime.repeats() == Repeats::Exactly;
    !options.fail_fast && trials.len() >= 8 * threads.count() && trials.iter().all(repeats)
}

fn add(campaign: &mut Campaign, mut found: Searched, min_runs: u64) {
    found.rows.iter_mut().for_each(|row| at_least(row, min_runs));
    campaign.runs += found.runs;
    campaign.events += found.events;
    campaign.rows.append(&mut found.rows);
    let known = |id: &str| campaign.findings.iter().any(|finding| finding.id == id);
    let new: Vec<Finding> =
        found.findings.into_iter().filter(|finding| !known(&finding.id)).collect();
    campaign.findings.extend(new);
}

/// How far the search of a scenario goes.
pub fn limits(options: &Run, (scenario, runs): (&Scenario, u64)) -> Limits {
    let (shard, shards) = (options.shard.map_or(0, |(shard, _)| shard), shards(options));
    let shrink_replays = shrink_replays(scenario);
    let strategy = options.strategy;
    Limits { strategy, runs, shard, shards, fail_fast: options.fail_fast, shrink_replays }
}

/// How many replays shrinking one violation may take: processes take their time.
fn shrink_replays(scenario: &Scenario) -> u32 {
    if scenario.runtime == processes::NAME { 300 } else { 3_000 }
}

/// Below the floor nothing is held.
fn at_least(row: &mut Row, min_runs: u64) {
    if row.outcome == Ruling::Held && row.effective < min_runs {
        row.outcome = Ruling::Undecided;
        let effective = row.effective;
        row.reason =
            Some(format!("{effective} effective runs, fewer than the {min_runs} asked for"));
    }
}
