//! How many runs it takes to find each planted flaw: runs, not seconds, so that the table is the
//! same everywhere.

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use pepperland_core::implementation::{Flaw, Implementation};
use pepperland_core::runtime::Detail;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::Ruling;

/// From how many seeds the search begins anew.
const SEEDS: u64 = 30;

/// Beyond so many runs a flaw counts as not found.
const BUDGET: u64 = 1_000;

/// Prints a row for each flaw of each implementation.
///
/// # Errors
/// If a flaw is not found within the budget from any of the seeds.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    print("| flaw | of | number | breaks | faults | runs to find, median | worst |\n");
    print("| --- | --- | --- | --- | --- | ---: | ---: |\n");
    let mut missed = Vec::new();
    for implementation in &catalog.implementations {
        for flaw in implementation.flaws {
            let mut runs: Vec<u64> = Vec::new();
            for seed in 0..SEEDS {
                runs.push(runs_to_find(catalog, implementation, flaw, Seed(seed))?);
            }
            runs.sort_unstable();
            let (median, worst) = (runs[runs.len() / 2], runs[runs.len() - 1]);
            let (name, of, number) = (flaw.name, implementation.name, flaw.number);
            let (breaks, faults) = (flaw.breaks, flaw.faults);
            print(&format!(
                "| {name} | {of} | {number} | {breaks} | {faults} | {median} | {worst} |\n"
            ));
            if worst > BUDGET {
                missed.push(format!("{name} of {of}"));
            }
        }
    }
    match missed.is_empty() {
        true => Ok(()),
        false => {
            let missed = missed.join(", ");
            Err(Failure::Harness(format!("not found within {BUDGET} runs: {missed}")))
        }
    }
}

/// The runs until the flaw's property is violated, the violating one included.
fn runs_to_find(
    catalog: &Catalog,
    implementation: &Implementation,
    flaw: &Flaw,
    base: Seed,
) -> Result<u64, Failure> {
    let scenario = Scenario {
        flaw: Some(flaw.name.to_owned()),
        properties: vec![flaw.breaks.to_owned()],
        workload: flaw.workload.to_owned(),
        ..Scenario::new(implementation.name, flaw.faults)
    };
    let trial = catalog.trial(&scenario)?;
    for run in 0..BUDGET {
        let schedule = trial.schedule(trial.seed(base, run));
        let history = trial.run(&schedule, Detail::Application)?;
        let verdicts = trial.judge(&schedule, &history);
        if verdicts.iter().any(|verdict| verdict.ruling() == Ruling::Violated) {
            return Ok(run + 1);
        }
    }
    Ok(BUDGET + 1)
}
