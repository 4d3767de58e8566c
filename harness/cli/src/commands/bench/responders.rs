//! How many servers answer a request, in quiet times and while servers find out about a fault:
//! counts of the simulator, so that the table is the same everywhere.

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use pepperland_checkers::services::{Answered, Responders, responders};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::Detail;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;

/// How many runs each figure is of.
const RUNS: u64 = 100;

/// Prints a row for each implementation that promises to take over in bounded time, under each
/// profile of faults that it claims to live with.
///
/// # Errors
/// What the simulator refuses.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    let kinds = ["quiet: requests", "none", "one", "several", "detecting: requests"];
    let heads = kinds.into_iter().chain(["none", "one", "several"]);
    print(&format!("| service | faults | {} |\n", heads.collect::<Vec<_>>().join(" | ")));
    print(&format!("| --- | --- |{}\n", " ---: |".repeat(8)));
    let promise = |i: &&&'static Implementation| i.model.bounds("takeover");
    for implementation in catalog.implementations.iter().filter(promise) {
        for faults in catalog.claimed_faults(implementation) {
            let answered = answered(catalog, implementation, faults)?;
            print(&row(implementation.name, faults, answered));
        }
    }
    Ok(())
}

/// The figures of many runs together.
fn answered(
    catalog: &Catalog,
    implementation: &'static Implementation,
    faults: &str,
) -> Result<Answered, Failure> {
    let mut scenario = Scenario::new(implementation.name, faults);
    scenario.workload = catalog.usual_workload(implementation).to_owned();
    let trial = catalog.trial(&scenario)?;
    let mut all = Answered::default();
    for run in 0..RUNS {
        let schedule = trial.schedule(trial.seed(Seed(0), run));
        let history = trial.run(&schedule, Detail::Application)?;
        if let Some(answered) = responders(&history) {
            all.quiet += answered.quiet;
            all.detecting += answered.detecting;
        }
    }
    Ok(all)
}

fn row(service: &str, faults: &str, answered: Answered) -> String {
    let cells = [answered.quiet, answered.detecting].map(cells);
    format!("| {service} | {faults} | {} |\n", cells.join(" | "))
}

fn cells(figures: Responders) -> String {
    let requests = figures.requests();
    let share = |part: u64| match part {
        0 => "0".to_owned(),
        part => format!("{:.1} %", part as f64 * 100.0 / requests as f64),
    };
    let parts = [figures.none, figures.one, figures.several].map(share);
    format!("{requests} | {}", parts.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_shares_of_all_requests() {
        let quiet = Responders { none: 0, one: 40, several: 0 };
        let detecting = Responders { none: 5, one: 14, several: 1 };
        let told = row("arithmetic", "crash", Answered { quiet, detecting });
        let expected =
            "| arithmetic | crash | 40 | 0 | 100.0 % | 0 | 20 | 25.0 % | 70.0 % | 5.0 % |\n";
        assert_eq!(told, expected);
    }
}
