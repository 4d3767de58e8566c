//! Trials on the simulator.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod flaky;

use pepperland_core::checker::{Case, Checker};
use pepperland_core::history::{History, Kind};
use pepperland_core::implementation::Implementation;
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::Witness;
use pepperland_search::Trial;
use pepperland_sim::Simulator;
use std::sync::Arc;

/// Where all campaigns of the tests begin.
pub const BASE: Seed = Seed(7);

/// A scenario that judges one property, perhaps with a flaw.
pub fn scenario(
    implementation: &str,
    flaw: Option<&str>,
    faults: &str,
    property: &str,
) -> Scenario {
    let mut scenario = Scenario::new(implementation, faults);
    scenario.flaw = flaw.map(str::to_owned);
    scenario.properties = vec![property.to_owned()];
    scenario
}

/// The scenario made ready to run.
pub fn trial(scenario: &Scenario) -> Trial<'_> {
    trial_on(Arc::new(Simulator), scenario)
}

/// The scenario made ready to run on a runtime.
pub fn trial_on(runtime: Arc<dyn Runtime>, scenario: &Scenario) -> Trial<'_> {
    trial_with(runtime, implementation(&scenario.implementation), scenario)
}

/// The scenario made ready to run with an implementation, which need not be a built-in one.
pub fn trial_with<'a>(
    runtime: Arc<dyn Runtime>,
    implementation: &'a Implementation,
    scenario: &'a Scenario,
) -> Trial<'a> {
    Trial {
        plan: Plan {
            scenario,
            implementation,
            workload: pepperland_workloads::ALL[0],
            faults: pepperland_faults::resolve(&scenario.faults).expect("profiles"),
            profiles: pepperland_faults::without(Simulator.lacks()).collect(),
            lacks: &[],
        },
        runtime,
        checkers: scenario.properties.iter().map(|name| checker(name)).collect(),
        by_chance: Vec::new(),
    }
}

pub fn implementation(name: &str) -> &'static Implementation {
    let found = pepperland_impls::all().find(|implementation| implementation.name == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

pub fn checker(property: &str) -> &'static Checker {
    pepperland_checkers::find(property).unwrap_or_else(|| panic!("no {property}"))
}

pub fn run(trial: &Trial<'_>, schedule: &Schedule) -> History {
    trial.run(schedule, Detail::Application).expect("nothing is refused")
}

/// The proof that the schedule violates the trial's only property.
pub fn violation(trial: &Trial<'_>, schedule: &Schedule) -> Option<(History, Witness)> {
    let history = run(trial, schedule);
    let verdict = trial.judge_one(trial.checkers[0], schedule, &Case::new(&history));
    let witness = verdict.witness().cloned()?;
    Some((history, witness))
}

/// The kinds of a witness's events.
pub fn shape((history, witness): &(History, Witness)) -> Vec<Kind> {
    witness.events.iter().map(|id| history.event(*id).kind()).collect()
}

/// The first so many schedules of a campaign that violate the trial's only property.
pub fn failing(trial: &Trial<'_>, many: usize) -> Vec<Schedule> {
    let schedules = (0..10_000).map(|run| trial.schedule(trial.seed(BASE, run)));
    let failing: Vec<Schedule> =
        schedules.filter(|schedule| violation(trial, schedule).is_some()).take(many).collect();
    assert_eq!(failing.len(), many, "too few runs fail");
    failing
}
