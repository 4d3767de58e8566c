//! How long groups take over their views: over many runs in the simulator, under each fault that
//! changes views or is taken for one that does. Virtual time, so that the table is the same
//! everywhere.

use crate::catalog::Catalog;
use crate::commands::views::{HEAD, columns};
use crate::exit::Failure;
use crate::output::print;
use crate::threads::Threads;
use pepperland_checkers::ViewFigures;
use pepperland_core::runtime::Detail;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_search::map;

/// Workload and faults of each row.
const CASES: [(&str, &str); 7] = [
    ("joining", "none"),
    ("steady", "crash"),
    ("steady", "crash-recovery"),
    ("steady", "churn"),
    ("steady", "pause"),
    ("steady", "partition"),
    ("joining", "partition"),
];

/// Runs for each row.
const RUNS: usize = 100;

/// Prints a row for each group with views, workload and fault.
///
/// # Errors
/// What the simulator refuses.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    print(&format!("| group | workload | faults | {} |\n", HEAD.join(" | ")));
    print(&format!("| --- | --- | --- |{}\n", " ---: |".repeat(HEAD.len())));
    for group in catalog.implementations.iter().filter(|i| i.model.views) {
        for (workload, faults) in CASES {
            let workload_of =
                Scenario { workload: workload.to_owned(), ..Scenario::new(group.name, faults) };
            if let Some(figures) = figures(catalog, &workload_of)? {
                let row = columns(&figures).join(" | ");
                print(&format!("| {} | {workload} | {faults} | {row} |\n", group.name));
            }
        }
    }
    Ok(())
}

/// The figures of all runs together; none if the scenario is outside the group's model.
fn figures(catalog: &Catalog, scenario: &Scenario) -> Result<Option<ViewFigures>, Failure> {
    let trial = catalog.trial(scenario)?;
    if trial.outside_model().is_some() {
        return Ok(None);
    }
    let runs = map(&Threads::new(None), RUNS, |run| {
        let schedule = trial.schedule(trial.seed(Seed(1), run as u64));
        trial.run(&schedule, Detail::Application).map(|history| ViewFigures::of(&history))
    });
    let runs = runs.into_iter().collect::<Result<Vec<ViewFigures>, _>>()?;
    Ok(Some(ViewFigures::together(&runs)))
}
