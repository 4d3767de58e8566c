//! Small scenarios on one core: plan, run and check; 5 nodes, 10 broadcasts, one fault.

use super::{Contender, line, rates};
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::Ruling;

/// Scenarios in one call of a contender.
const BATCH: u64 = 100;

/// Scenarios a second of each implementation.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    print("small scenarios, plan + run + check: 5 nodes, 10 broadcasts, one crash\n");
    let scenarios: Vec<Scenario> = catalog
        .implementations
        .iter()
        .map(|implementation| Scenario {
            nodes: Some(5),
            ..Scenario::new(implementation.name, "crash")
        })
        .collect();
    let mut contenders = Vec::new();
    for scenario in &scenarios {
        let trial = catalog.trial(scenario)?;
        let mut run = 0;
        contenders.push(Contender {
            name: &scenario.implementation,
            work: Box::new(move || {
                for _ in 0..BATCH {
                    run += 1;
                    let schedule = trial.schedule(trial.seed(Seed(1), run));
                    let history = trial.run(&schedule, trial.detail());
                    let history = history.expect("the simulator runs every schedule");
                    let verdicts = trial.judge(&schedule, &history);
                    assert!(verdicts.iter().all(|v| v.ruling() != Ruling::Violated));
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
