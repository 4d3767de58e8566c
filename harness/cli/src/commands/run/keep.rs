//! Which histories are kept. A run that repeats is run again at the end; any other is kept as it
//! comes.

use super::searching::limits;
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::files::RunFolder;
use crate::options::{Keep, Run};
use crate::progress::Campaign as Watch;
use crate::suite::Suite;
use pepperland_core::finding::Campaign;
use pepperland_core::history::History;
use pepperland_core::runtime::{Detail, Repeats};
use pepperland_core::scenario::Scenario;
use pepperland_core::verdict::{Ruling, Verdict};
use pepperland_search::{Planner, Progress};
use std::sync::{Mutex, PoisonError};

/// What is asked for, or else all of a single run, or else those of failed runs.
pub fn kept(options: &Run, suite: &Suite) -> Keep {
    let default = match suite.scenarios.iter().all(|(_, runs)| *runs == 1) {
        true => Keep::All,
        false => Keep::Failed,
    };
    options.keep.unwrap_or(default)
}

/// Keeps the histories of one scenario as they come, and passes everything else on.
pub struct Keeping<'a> {
    kept: Keep,
    name: String,
    folder: &'a RunFolder,
    watch: &'a Watch,
    failed: Mutex<Option<Failure>>,
}

impl<'a> Keeping<'a> {
    /// Of this scenario.
    pub fn of(
        scenario: &Scenario,
        kept: Keep,
        (folder, watch): (&'a RunFolder, &'a Watch),
    ) -> Keeping<'a> {
        Keeping { kept, name: scenario.name(), folder, watch, failed: Mutex::new(None) }
    }

    /// The first failure to keep one.
    ///
    /// # Errors
    /// If the disk did not take it.
    pub fn finish(self) -> Result<(), Failure> {
        let failed = self.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(()), Err)
    }
}

impl Progress for Keeping<'_> {
    fn advanced(&self, runs: u64) {
        self.watch.advanced(runs);
    }

    fn should_stop(&self) -> bool {
        self.watch.should_stop()
    }

    fn is_interrupted(&self) -> bool {
        self.watch.is_interrupted()
    }

    fn patience(&self, repeats: Repeats) -> Box<dyn Fn() -> bool + '_> {
        self.watch.patience(repeats)
    }

    fn came(&self, run: u64, history: &History, verdicts: &[Verdict]) {
        let failed = || verdicts.iter().any(|verdict| verdict.ruling() == Ruling::Violated);
        if self.kept == Keep::Failed && !failed() {
            return;
        }
        if let Err(failure) = self.folder.keep_history(&self.name, run, history) {
            let mut first = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert(failure);
        }
    }
}

/// Runs again what repeats, to write the histories that are to be kept: of every run, or of the
/// first run that violated each row.
pub fn run_again(
    options: &Run,
    catalog: &Catalog,
    suite: &Suite,
    campaign: &Campaign,
    (folder, watch): (&RunFolder, &Watch),
) -> Result<(), Failure> {
    let kept = kept(options, suite);
    for (scenario, runs) in &suite.scenarios {
        let trial = catalog.trial(scenario)?;
        if !trial.runtime.repeats().is_exactly() {
            continue;
        }
        let limits = limits(options, (scenario, *runs));
        let repeats = trial.runtime.repeats();
        let wanted: Vec<u64> = match kept {
            Keep::All => (0..*runs).filter(|run| limits.include(*run, repeats)).collect(),
            Keep::Failed => failed_runs(campaign, scenario),
        };
        let mut planner = Planner::new(&trial, options.strategy, options.seed);
        for run in wanted {
            if watch.is_over() {
                return Ok(());
            }
            let schedule = planner.schedule_again(run)?;
            let history = trial.run(&schedule, Detail::Application)?;
            folder.keep_history(&scenario.name(), run, &history)?;
        }
    }
    Ok(())
}

fn failed_runs(campaign: &Campaign, scenario: &Scenario) -> Vec<u64> {
    let of_it = campaign.findings.iter().filter(|finding| finding.scenario == *scenario);
    let mut runs: Vec<u64> = of_it.map(|finding| finding.run).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}
