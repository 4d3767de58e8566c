//! Campaigns never accuse a correct implementation, nor one that was changed without harm.

#[path = "common/judging.rs"]
mod judging;

use judging::{judge_scenario, run};
use pepperland_core::implementation::Implementation;
use pepperland_core::plan::Plan;
use pepperland_core::runtime::Runtime;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_core::workload::Workload;
use pepperland_sim::Simulator;
use pepperland_workloads::agreement::ALL as AGREEMENT;

#[test]
fn no_correct_implementation_is_ever_accused() {
    for implementation in pepperland_impls::all() {
        accuse_nobody(implementation, None);
    }
}

#[test]
fn no_harmless_change_is_ever_accused() {
    for implementation in pepperland_impls::all() {
        for control in implementation.controls() {
            accuse_nobody(implementation, Some(control.name));
        }
    }
}

/// A few runs under every fault profile of the simulator that the claims allow, with every workload.
fn accuse_nobody(implementation: &Implementation, change: Option<&str>) {
    let allowed = pepperland_faults::without(Simulator.lacks());
    let allowed = allowed.filter(|profile| implementation.outside_model(profile.needs).is_empty());
    for profile in allowed {
        for seed in 0..workloads(implementation).len() as u64 {
            accuse_nobody_in_run(implementation, change, profile.name, seed);
        }
    }
}

/// Every workload of group communication, and for who decides those that propose.
fn workloads(implementation: &Implementation) -> Vec<&'static Workload> {
    let decides = implementation.claims().any(|claim| claim.property == "consensus-integrity");
    let proposing = if decides { AGREEMENT } else { &[] };
    pepperland_workloads::ALL.iter().chain(proposing).copied().collect()
}

fn accuse_nobody_in_run(
    implementation: &Implementation,
    change: Option<&str>,
    faults: &str,
    seed: u64,
) {
    let mut scenario = Scenario::new(implementation.name, faults);
    scenario.flaw = change.map(str::to_owned);
    let workloads = workloads(implementation);
    let plan = Plan {
        scenario: &scenario,
        implementation,
        workload: workloads[seed as usize % workloads.len()],
        faults: pepperland_faults::resolve(faults).expect("a profile"),
        profiles: pepperland_faults::without(Simulator.lacks()).collect(),
        lacks: &[],
    };
    let schedule = plan.schedule(Seed(seed));
    let history = run(&schedule, implementation);
    let claims = implementation.claims().map(|claim| claim.property);
    for (claim, verdict) in judge_scenario(implementation, &scenario, &schedule, &history, claims) {
        let name = scenario.name();
        let accused = verdict.witness().map(|witness| &witness.because);
        assert_eq!(accused, None, "{name}, seed {seed}: {claim}");
    }
}
