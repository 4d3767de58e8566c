//! Implementations that tolerate what a test wants, and plans for them.

#![allow(dead_code, reason = "each test file uses its part")]

use pepperland_core::contract::{Network, Stack};
use pepperland_core::fault::{Fault, Ground};
use pepperland_core::history::{Channel, FailureModel};
use pepperland_core::implementation::{Implementation, Model};
use pepperland_core::message::Message;
use pepperland_core::plan::Plan;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::{Disturbance, Schedule};
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;

/// Every fault there is.
pub const ANYTHING: &[Fault] = &[
    Fault::Crash,
    Fault::Recovery,
    Fault::Loss,
    Fault::Delay,
    Fault::Reorder,
    Fault::Duplication,
    Fault::Corruption,
    Fault::Partition,
    Fault::Pause,
    Fault::Clock,
    Fault::Byzantine,
    Fault::Disk,
];

/// An implementation that claims nothing and tolerates this much.
pub fn implementation(tolerates: &'static [Fault]) -> Implementation {
    Implementation {
        name: "toy",
        number: "T",
        statement: "a toy",
        source: "this test",
        claims: &[],
        model: Model {
            failures: FailureModel::CrashRecovery,
            channel: Channel::FairLoss,
            tolerates,
            orders: Some("Order"),
            ..Model::ASYNCHRONOUS
        },
        nodes: 5,
        budget: |n| n - 1,
        flaws: &[],
        controls: &[],
        breaks: &[],
        cost: None,
        build: |_| Stack::node(Network::<Message>::payload()),
    }
}

/// What one profile plans where nobody asks for anything.
pub fn plan_alone(fault: &str, nodes: usize, heal_at: Time, seed: u64) -> Vec<Disturbance> {
    plan_for(&implementation(ANYTHING), fault, nodes, heal_at, seed)
}

/// What one profile plans for an implementation.
pub fn plan_for(
    implementation: &Implementation,
    fault: &str,
    nodes: usize,
    heal_at: Time,
    seed: u64,
) -> Vec<Disturbance> {
    let profiles = pepperland_faults::ALL;
    let ground = Ground {
        nodes,
        heal_at,
        changing: &[],
        requests: &[],
        implementation,
        profiles,
        lacks: &[],
    };
    let resolved = pepperland_faults::resolve(fault).expect("a profile");
    let (profile, variant) = &resolved[0];
    (profile.plan)(&ground, variant, &mut Seed(seed).stream("faults"))
}

/// A whole schedule, as a campaign plans it.
pub fn planned(implementation: &Implementation, faults: &str, nodes: usize, seed: u64) -> Schedule {
    let mut scenario = Scenario::new(implementation.name, faults);
    scenario.nodes = Some(nodes);
    let plan = Plan {
        scenario: &scenario,
        implementation,
        workload: &pepperland_workloads::steady::ENTRY,
        faults: pepperland_faults::resolve(faults).expect("profiles"),
        profiles: pepperland_faults::ALL.to_vec(),
        lacks: &[],
    };
    plan.schedule(Seed(seed))
}
