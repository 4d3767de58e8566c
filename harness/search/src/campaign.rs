//! A campaign over one scenario: many seeds, folded into rows, each violation made a finding.

use crate::executor::{Executor, map};
use crate::finding::{Original, finding};
use crate::firsts::{First, Firsts, Ran};
use crate::fold::Tally;
use crate::planner::{EPOCH, Planner, Strategy};
use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::finding::{Finding, Row};
use pepperland_core::history::History;
use pepperland_core::runtime::{Detail, Refused, Repeats};
use pepperland_core::seed::Seed;
use pepperland_core::verdict::{Ruling, Verdict};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How far a search goes.
#[derive(Copy, Clone, Debug)]
pub struct Limits {
    /// How the schedules of the runs are chosen.
    pub strategy: &'static Strategy,
    /// How many runs.
    pub runs: u64,
    /// Which of the runs: those whose index, or epoch where runs learn from each other, leaves this
    /// remainder …
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

    /// Whether somebody interrupted, and wants to see what there is.
    fn is_interrupted(&self) -> bool {
        false
    }

    /// A finding is about to be shrunk and explained. The answer tells from now on whether the time
    /// for it is up; without a limit, never.
    fn patience(&self, repeats: Repeats) -> Box<dyn Fn() -> bool + '_> {
        let _ = repeats;
        Box::new(|| false)
    }

    /// A run came that cannot be had again to the byte: now is the time to keep its history.
    fn came(&self, run: u64, history: &History, verdicts: &[Verdict]) {
        let _ = (run, history, verdicts);
    }
}

/// What a search of one scenario found.
#[derive(Debug, Default)]
pub struct Searched {
    /// One row for each property, but for those that no run happened to bring out.
    pub rows: Vec<Row>,
    /// A finding for each row that is violated, in the order of the rows.
    pub findings: Vec<Finding>,
    /// How many runs there were.
    pub runs: u64,
    /// How many events they recorded.
    pub events: u64,
}

/// Runs in one task of an executor: few enough to keep every thread busy, enough that the results
/// of a long campaign stay small. Runs that take real time are tasks of their own.
fn chunk_size(runs: u64, repeats: Repeats) -> u64 {
    let least = match repeats {
        Repeats::Exactly => (runs / 1_024).clamp(EPOCH, 8_192),
        Repeats::IfTheProgramDoes | Repeats::AtARate => 1,
    };
    let epochs = repeats == Repeats::Exactly;
    let size = least.max(runs.div_ceil(65_536));
    if epochs { size.next_multiple_of(EPOCH) } else { size }
}

impl Limits {
    /// Whether a run belongs to the shard. Runs that learn from each other stay together.
    pub fn include(&self, run: u64, repeats: Repeats) -> bool {
        let learns = repeats == Repeats::Exactly && self.strategy.learns();
        let part = if learns { run / EPOCH } else { run };
        part % self.shards == self.shard
    }
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
    trial.accepted(base)?;
    let size = chunk_size(limits.runs, trial.runtime.repeats());
    let chunks = limits.runs.div_ceil(size) as usize;
    let stop = AtomicBool::new(false);
    let firsts = Firsts::none_of(trial.checkers.len());
    let search = Search { trial, base, limits, progress, firsts, stop };
    let results = map(executor, chunks, |chunk| {
        let range = chunk as u64 * size..((chunk as u64 + 1) * size).min(limits.runs);
        let repeats = trial.runtime.repeats();
        let mine = range.filter(|run| limits.include(*run, repeats));
        search.run_chunk(mine)
    });
    let mut total =
        Chunk { tallies: vec![Tally::default(); trial.checkers.len()], ..Chunk::default() };
    for chunk in results {
        let chunk = chunk?;
        total.runs += chunk.runs;
        total.events += chunk.events;
        total.tallies.iter_mut().zip(chunk.tallies).for_each(|(sum, tally)| sum.merge(tally));
    }
    Ok(search.report(total))
}

/// A search while it goes on.
struct Search<'a, 'b> {
    trial: &'a Trial<'b>,
    base: Seed,
    limits: &'a Limits,
    progress: &'a dyn Progress,
    /// Where runs do not repeat, those that findings are made of.
    firsts: Firsts,
    stop: AtomicBool,
}

impl Search<'_, '_> {
    fn run_chunk(&self, runs: impl Iterator<Item = u64>) -> Result<Chunk, Refused> {
        let Search { trial, limits, progress, .. } = self;
        let mut chunk =
            Chunk { tallies: vec![Tally::default(); trial.checkers.len()], ..Chunk::default() };
        let mut planner = Planner::new(trial, limits.strategy, self.base);
        for run in runs {
            if self.stop.load(Ordering::Relaxed) || progress.should_stop() {
                break;
            }
            let schedule = planner.schedule(run);
            let history = trial.run(&schedule, trial.detail())?;
            planner.learn(&schedule)?;
            let verdicts = trial.judge(&schedule, &history);
            let unclean = history.header.unclean();
            let judged = chunk.tallies.iter_mut().zip(&verdicts).zip(&trial.checkers);
            for ((tally, verdict), checker) in judged {
                let beyond = trial.is_judged_beyond(checker.property, &schedule, &history);
                tally.count(run, verdict, beyond, unclean);
                if limits.fail_fast && verdict.witness().is_some() {
                    self.stop.store(true, Ordering::Relaxed);
                }
            }
            chunk.runs += 1;
            chunk.events += history.len() as u64;
            if trial.runtime.repeats() != Repeats::Exactly {
                progress.came(run, &history, &verdicts);
                self.firsts.offer(Ran { index: run, schedule, history }, &verdicts);
            }
        }
        progress.advanced(chunk.runs);
        Ok(chunk)
    }

    fn report(self, total: Chunk) -> Searched {
        let Search { trial, base, limits, progress, firsts, .. } = self;
        let mut searched =
            Searched { runs: total.runs, events: total.events, ..Searched::default() };
        let judged = trial.checkers.iter().zip(&total.tallies);
        for ((checker, tally), first) in judged.zip(firsts.into_vec()) {
            let by_chance = trial.by_chance.contains(&checker.property);
            if by_chance && tally.ruling() == Ruling::Undecided {
                continue;
            }
            let original = match first {
                Some(first) => Some(as_it_came(trial, base, first)),
                None => tally
                    .first_violation
                    .and_then(|first| again(trial, checker, (limits, base), first.run)),
            };
            let finding = original
                .map(|original| finding(trial, checker, original, limits.shrink_replays, progress));
            searched.rows.push(row(trial, checker, tally, finding.as_ref()));
            searched.findings.extend(finding);
        }
        searched
    }
}

/// The run that a finding is made of, as it came.
fn as_it_came(trial: &Trial<'_>, base: Seed, first: First) -> Original {
    let First { run, witness } = first;
    let Ran { index, schedule, history } = Arc::unwrap_or_clone(run);
    let seed = trial.seed(base, index);
    Original { run: index, seed, schedule, violation: Violation { history, witness } }
}

/// The same where it repeats: it is run again, and written down whole.
fn again(
    trial: &Trial<'_>,
    checker: &'static Checker,
    (limits, base): (&Limits, Seed),
    run: u64,
) -> Option<Original> {
    let seed = trial.seed(base, run);
    let schedule = Planner::new(trial, limits.strategy, base).schedule_again(run).ok()?;
    let violation = Violation::of(trial, checker, &schedule, Detail::Network)?;
    Some(Original { run, seed, schedule, violation })
}

/// What the runs of a trial come to for one of its properties.
pub fn row(trial: &Trial<'_>, checker: &Checker, tally: &Tally, finding: Option<&Finding>) -> Row {
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
        finding: finding.map(|finding| finding.id.clone()),
        reason: tally.reason.as_ref().map(|(_, reason)| reason.clone()),
        beyond_model: finding.map_or(tally.beyond_model, |finding| finding.beyond_model),
        unclean: tally.unclean,
        lapse: tally.lapse.as_ref().map(|(_, lapse)| lapse.clone()),
    }
}
