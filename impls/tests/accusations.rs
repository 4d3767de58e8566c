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

/// The tests of each family, so that they run beside each other.
macro_rules! families {
    ($($name:ident: $family:expr;)*) => {
        mod no_correct_implementation_is_ever_accused {
            $(#[test] fn $name() { super::accuse_nobody_of($family); })*
        }

        mod no_harmless_change_is_ever_accused {
            $(#[test] fn $name() { super::accuse_no_change_of($family); })*
        }

        #[test]
        fn no_family_is_left_out() {
            let listed: usize = [$($family.len()),*].into_iter().sum();
            assert_eq!(listed, pepperland_impls::all().count());
        }
    };
}

families! {
    links: pepperland_impls::links::ALL;
    multicast: pepperland_impls::multicast::ALL;
    order: pepperland_impls::order::ALL;
    agreement: pepperland_impls::agreement::ALL;
    groups: pepperland_impls::groups::ALL;
    views: pepperland_impls::groups::views::ALL;
    above_views: pepperland_impls::groups::ABOVE_VIEWS;
    requests: pepperland_impls::requests::ALL;
    services: pepperland_impls::services::ALL;
    detectors: pepperland_impls::detectors::ALL;
    byzantine: pepperland_impls::byzantine::ALL;
    correia: pepperland_impls::byzantine::correia::ALL;
}

fn accuse_nobody_of(family: &[&Implementation]) {
    for implementation in family {
        accuse_nobody(implementation, None);
    }
}

fn accuse_no_change_of(family: &[&Implementation]) {
    for implementation in family {
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

/// Every workload of group communication, and its own, where that is another.
fn workloads(implementation: &Implementation) -> Vec<&'static Workload> {
    let own = AGREEMENT.iter().filter(|own| implementation.model.workload == Some(own.name));
    pepperland_workloads::ALL.iter().chain(own).copied().collect()
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
