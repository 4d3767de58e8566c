//! Runs and verdicts, as a campaign would have them.

#![allow(dead_code, reason = "each test file uses its part")]

use pepperland_core::history::History;
use pepperland_core::implementation::Implementation;
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::Verdict;
use pepperland_search::Trial;
use pepperland_sim::Simulator;

/// The run of a schedule in the simulator, with every frame: some properties speak of them.
pub fn run(schedule: &Schedule, implementation: &Implementation) -> History {
    Simulator.run(schedule, implementation, Detail::Network).expect("nothing is refused")
}

/// The verdicts on these properties, as far as the implementation claims them of the run.
pub fn judge<'a>(
    implementation: &Implementation,
    faults: &str,
    schedule: &Schedule,
    history: &History,
    properties: impl Iterator<Item = &'a str>,
) -> Vec<(&'static str, Verdict)> {
    let scenario = Scenario::new(implementation.name, faults);
    judge_scenario(implementation, &scenario, schedule, history, properties)
}

/// The verdicts on these properties in a scenario.
pub fn judge_scenario<'a>(
    implementation: &Implementation,
    scenario: &Scenario,
    schedule: &Schedule,
    history: &History,
    properties: impl Iterator<Item = &'a str>,
) -> Vec<(&'static str, Verdict)> {
    let find = |name| pepperland_checkers::find(name).unwrap_or_else(|| panic!("no {name}"));
    let trial = Trial {
        plan: Plan {
            scenario,
            implementation,
            workload: pepperland_workloads::ALL[0],
            faults: pepperland_faults::resolve(&scenario.faults).expect("a profile"),
            profiles: pepperland_faults::without(Simulator.lacks()).collect(),
            lacks: &[],
        },
        runtime: std::sync::Arc::new(Simulator),
        checkers: properties.map(find).collect(),
        by_chance: Vec::new(),
    };
    let names = trial.checkers.iter().map(|checker| checker.property);
    names.zip(trial.judge(schedule, history)).collect()
}
