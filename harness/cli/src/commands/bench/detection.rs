//! How many runs it takes to find each planted flaw: runs, not seconds, so that the table is the
//! same everywhere.

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::options::Bench;
use crate::output::print;
use crate::stopwatch::Stopwatch;
use crate::threads::Threads;
use pepperland_core::implementation::{Flaw, Implementation};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::Ruling;
use pepperland_search::planner::UNIFORM;
use pepperland_search::{Planner, Strategy, Trial, map};

/// From how many seeds the search begins anew.
pub(super) const SEEDS: u64 = 30;

/// Beyond so many runs a flaw counts as not found.
pub(super) const BUDGET: u64 = 2_000;

/// How many of the slowest are told.
const SLOWEST: usize = 8;

/// A flaw, and how long it lived.
struct Found {
    implementation: &'static Implementation,
    flaw: &'static Flaw,
    /// Runs to find it from each seed, in order.
    runs: Vec<u64>,
    /// The longest that any of the searches took, seconds.
    seconds: f64,
}

/// Prints a row for each flaw of each implementation, those that break one property together;
/// only every so-manieth if a sample is asked for. On stderr, which took longest.
///
/// # Errors
/// If a flaw is not found within the budget from half of the seeds.
pub fn measure(catalog: &Catalog, sample: usize) -> Result<(), Failure> {
    let flaws: Vec<_> = planted(catalog).into_iter().step_by(sample).collect();
    let found = map(&Threads::new(None), flaws.len(), |index| {
        let (implementation, flaw) = flaws[index];
        lifetimes(catalog, implementation, flaw)
    });
    let mut found = found.into_iter().collect::<Result<Vec<Found>, Failure>>()?;
    print("| breaks | flaw | of | number | faults | workload | runs to find, median | worst |\n");
    print("| --- | --- | --- | --- | --- | --- | ---: | ---: |\n");
    found.iter().for_each(|found| print(&found.row()));
    let missed = found.iter().filter(|found| found.median() > BUDGET);
    let missed: Vec<String> = missed.map(Found::name).collect();
    tell_slowest(&mut found);
    match missed.is_empty() {
        true => Ok(()),
        false => {
            let missed = missed.join(", ");
            Err(Failure::Harness(format!("not found within {BUDGET} runs: {missed}")))
        }
    }
}

fn tell_slowest(found: &mut [Found]) {
    found.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    for found in found.iter().take(SLOWEST) {
        let (runs, seconds) = (found.worst(), found.seconds);
        eprintln!("{}: at worst {runs} runs, {seconds:.2} s", found.name());
    }
}

impl Found {
    fn name(&self) -> String {
        format!("{} of {}", self.flaw.name, self.implementation.name)
    }

    fn median(&self) -> u64 {
        self.runs[self.runs.len() / 2]
    }

    fn worst(&self) -> u64 {
        self.runs[self.runs.len() - 1]
    }

    fn row(&self) -> String {
        let (flaw, of) = (self.flaw, self.implementation.name);
        let Flaw { breaks, name, number, faults, workload, .. } = flaw;
        let shown = |runs: u64| match runs > BUDGET {
            true => format!("> {BUDGET}"),
            false => runs.to_string(),
        };
        let (median, worst) = (shown(self.median()), shown(self.worst()));
        format!(
            "| {breaks} | {name} | {of} | {number} | {faults} | {workload} | {median} | {worst} |\n"
        )
    }
}

/// Every flaw with its implementation, those that break one property together.
pub(super) fn planted(catalog: &Catalog) -> Vec<(&'static Implementation, &'static Flaw)> {
    let of = |i: &'static Implementation| i.flaws.iter().map(move |flaw| (i, flaw));
    let mut flaws: Vec<_> = catalog.implementations.iter().flat_map(|i| of(i)).collect();
    flaws.sort_by_key(|(_, flaw)| flaw.breaks);
    flaws
}

/// Those of them that are asked for.
pub(super) fn asked(
    catalog: &Catalog,
    options: &Bench,
) -> Vec<(&'static Implementation, &'static Flaw)> {
    let asked = |flaw: &Flaw| {
        options.flaws.is_empty() || options.flaws.iter().any(|name| name == flaw.name)
    };
    let flaws: Vec<_> = planted(catalog).into_iter().filter(|(_, flaw)| asked(flaw)).collect();
    flaws.into_iter().step_by(options.sample.get()).collect()
}

fn lifetimes(
    catalog: &Catalog,
    implementation: &'static Implementation,
    flaw: &'static Flaw,
) -> Result<Found, Failure> {
    let mut found = Found { implementation, flaw, runs: Vec::new(), seconds: 0.0 };
    for seed in 0..SEEDS {
        let watch = Stopwatch::start();
        let search = Search { strategy: &UNIFORM, base: Seed(seed), budget: BUDGET };
        found.runs.push(runs_to_find(catalog, (implementation, flaw), &search)?);
        found.seconds = found.seconds.max(watch.elapsed().as_secs_f64());
    }
    found.runs.sort_unstable();
    Ok(found)
}

/// How something is sought.
pub(super) struct Search {
    pub strategy: &'static Strategy,
    /// From which seed.
    pub base: Seed,
    /// For how many runs at most.
    pub budget: u64,
}

/// The runs until the flaw's property is violated, the violating one included; one more than the
/// budget if it is not.
pub(super) fn runs_to_find(
    catalog: &Catalog,
    flaw: (&Implementation, &Flaw),
    search: &Search,
) -> Result<u64, Failure> {
    let scenario = scenario_of(flaw);
    let found = first_failing(&catalog.trial(&scenario)?, search)?;
    Ok(found.map_or(search.budget, |(run, _)| run) + 1)
}

/// The scenario in which a flaw is sought.
pub(super) fn scenario_of((implementation, flaw): (&Implementation, &Flaw)) -> Scenario {
    Scenario {
        flaw: Some(flaw.name.to_owned()),
        properties: vec![flaw.breaks.to_owned()],
        workload: flaw.workload.to_owned(),
        ..Scenario::new(implementation.name, flaw.faults)
    }
}

/// The first run within the budget that violates a property of the trial, and its schedule.
pub(super) fn first_failing(
    trial: &Trial<'_>,
    search: &Search,
) -> Result<Option<(u64, Schedule)>, Failure> {
    let mut planner = Planner::new(trial, search.strategy, search.base);
    for run in 0..search.budget {
        let schedule = planner.schedule(run);
        let history = trial.run(&schedule, trial.detail())?;
        let verdicts = trial.judge(&schedule, &history);
        if verdicts.iter().any(|verdict| verdict.ruling() == Ruling::Violated) {
            return Ok(Some((run, schedule)));
        }
        planner.learn(&schedule)?;
    }
    Ok(None)
}
