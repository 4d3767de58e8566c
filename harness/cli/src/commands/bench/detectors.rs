//! How good each failure detector is, in the figures of Chen, Toueg & Aguilera (2002): over many
//! runs in the simulator, under each fault that detectors are there for or suffer from. Virtual
//! time, so that the table is the same everywhere.

use crate::catalog::Catalog;
use crate::commands::quality::{HEAD, columns};
use crate::exit::Failure;
use crate::output::print;
use crate::threads::Threads;
use pepperland_checkers::detectors::{Figures, quality};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::Detail;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_search::map;

/// Each under which the detector's model allows it.
const FAULTS: [&str; 5] = ["none", "crash", "jitter", "pause", "partition"];

/// Runs for each row.
const RUNS: usize = 100;

/// Prints a row for each detector and fault.
///
/// # Errors
/// What the simulator refuses.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    print(&format!("| detector | faults | {} |\n", HEAD.join(" | ")));
    print(&format!("| --- | --- |{}\n", " ---: |".repeat(HEAD.len())));
    let detects = |i: &&&Implementation| i.claim("detector-completeness").is_some();
    for detector in catalog.implementations.iter().filter(detects) {
        for faults in FAULTS {
            if let Some(figures) = figures(catalog, detector, faults)? {
                let row = columns(&figures).join(" | ");
                print(&format!("| {} | {faults} | {row} |\n", detector.name));
            }
        }
    }
    Ok(())
}

/// The figures of all runs together; none if the faults are outside the detector's model.
fn figures(
    catalog: &Catalog,
    detector: &Implementation,
    faults: &str,
) -> Result<Option<Figures>, Failure> {
    let scenario = Scenario::new(detector.name, faults);
    let trial = catalog.trial(&scenario)?;
    if trial.outside_model().is_some() {
        return Ok(None);
    }
    let runs = map(&Threads::new(None), RUNS, |run| {
        let schedule = trial.schedule(trial.seed(Seed(1), run as u64));
        let history = trial.run(&schedule, Detail::Application)?;
        let all = quality(&history);
        Ok(Figures::together(all.iter().map(|one| &one.figures)))
    });
    let runs = runs.into_iter().collect::<Result<Vec<Figures>, Failure>>()?;
    Ok(Some(Figures::together(&runs)))
}
