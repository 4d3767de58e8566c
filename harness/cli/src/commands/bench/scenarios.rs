//! Small scenarios on one core: plan, run and check; 5 nodes, 10 broadcasts, one fault.

use super::{Contender, line, rates};
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::{Ruling, Verdict};
use pepperland_search::Trial;

/// Scenarios in one call of a contender.
const BATCH: u64 = 100;

/// Scenarios a second of each implementation.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    print("small scenarios, plan + run + check: 5 nodes, 10 broadcasts, one crash\n");
    let scenarios = scenarios(catalog);
    let mut contenders = Vec::new();
    for scenario in &scenarios {
        let trial = catalog.trial(scenario)?;
        let mut run = 0;
        contenders.push(Contender {
            name: &scenario.implementation,
            work: Box::new(move || {
                for _ in 0..BATCH {
                    run += 1;
                    assert!(verdicts(&trial, run).all(|v| v.ruling() != Ruling::Violated));
                }
                BATCH
            }),
        });
    }
    let rates = rates(&mut contenders);
    for (contender, rate) in contenders.iter().zip(&rates) {
        line(contender.name, *rate, "scenarios/s", "");
    }
    Ok(())
}

/// One of each implementation.
fn scenarios(catalog: &Catalog) -> Vec<Scenario> {
    let names = catalog.implementations.iter().map(|implementation| implementation.name);
    names.map(|name| Scenario { nodes: Some(5), ..Scenario::new(name, "crash") }).collect()
}

/// One scenario, with the frames if its properties speak of them.
fn verdicts(trial: &Trial<'_>, run: u64) -> impl Iterator<Item = Verdict> + use<> {
    let schedule = trial.schedule(trial.seed(Seed(1), run));
    let history = trial.run(&schedule, trial.detail()).expect("the simulator runs every schedule");
    trial.judge(&schedule, &history).into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::builtin;

    #[test]
    fn nobody_is_accused() {
        let catalog = builtin();
        for scenario in scenarios(&catalog) {
            let trial = catalog.trial(&scenario).unwrap();
            for run in 1..=5 {
                for (checker, verdict) in trial.checkers.iter().zip(verdicts(&trial, run)) {
                    let (name, property) = (scenario.name(), checker.property);
                    assert_ne!(
                        verdict.ruling(),
                        Ruling::Violated,
                        "{name}: {property}, {verdict:?}"
                    );
                }
            }
        }
    }
}
