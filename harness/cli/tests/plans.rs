//! Plans, whatever the seed: they can be written down and read back, every runtime accepts them,
//! and after the heal each group gets a probe of everybody who may multicast to it, or each node is
//! asked for operations.

use pepperland::builtin;
use pepperland::core::schedule::{Ask, Schedule, Step, When};
use pepperland::core::workload::{Last, Layout};
use pepperland::prelude::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn planned(workload: &str, nodes: usize, broadcasts: usize, seed: u64) -> Schedule {
    let catalog = builtin();
    let mut scenario = Scenario::new("basic", "swarm");
    scenario.workload = workload.to_owned();
    scenario.nodes = Some(nodes);
    scenario.broadcasts = broadcasts;
    catalog.trial(&scenario).expect("every name is known").schedule(Seed(seed))
}

/// Which groups are probed by whom.
fn probes(schedule: &Schedule) -> Vec<(GroupId, NodeId)> {
    let probe = |step: &Step| match &step.ask {
        Ask::Multicast { group, body } if body == "probe" => Some((*group, step.node)),
        _ => None,
    };
    schedule.steps.iter().filter_map(probe).collect()
}

/// Who is asked for an operation after the heal.
fn asked_after_the_heal(schedule: &Schedule) -> BTreeSet<NodeId> {
    let after = |step: &&Step| match step.when {
        When::At(at) => at > schedule.header.heal_at,
        When::Upon { .. } => false,
    };
    let steps = schedule.steps.iter().filter(after);
    let asks = steps.filter(|step| matches!(step.ask, Ask::Invoke { .. }));
    asks.map(|step| step.node).collect()
}

fn everybody_who_may(schedule: &Schedule) -> BTreeSet<(GroupId, NodeId)> {
    let nodes = schedule.header.nodes as usize;
    let groups = (0..).map(GroupId).zip(schedule.header.members());
    let may = groups.flat_map(|(group, members)| {
        let may = |node: &NodeId| {
            schedule.header.open || schedule.header.changing || members.contains(node)
        };
        NodeId::first(nodes).filter(may).map(|node| (group, node)).collect::<Vec<_>>()
    });
    may.collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_plan_is_what_every_runtime_accepts_and_probes_every_group(
        workload in 0..builtin().workloads.len(),
        nodes in 1..9usize,
        broadcasts in 0..30usize,
        seed: u64,
    ) {
        let catalog = builtin();
        let workload = catalog.workloads[workload];
        let schedule = planned(workload.name, nodes, broadcasts, seed);
        let text = schedule.to_text();
        prop_assert_eq!(Schedule::from_text(&text), Ok(schedule.clone()));
        for runtime in &catalog.runtimes {
            prop_assert_eq!(runtime.accepts(&schedule), Ok(()));
        }
        let probed = probes(&schedule);
        prop_assert_eq!(probed.iter().copied().collect::<BTreeSet<_>>().len(), probed.len());
        match workload.last {
            Last::Probes => {
                let probed: BTreeSet<_> = probed.into_iter().collect();
                prop_assert_eq!(probed, everybody_who_may(&schedule));
            }
            Last::Operations(_) | Last::Planned(_) | Last::Asks(_) => {
                let everybody = NodeId::first(nodes).collect();
                prop_assert_eq!(asked_after_the_heal(&schedule), everybody);
            }
        }
        prop_assert_eq!(schedule.header.open, workload.layout.is_open());
        prop_assert_eq!(schedule.header.changing, workload.layout.is_changing());
        prop_assert_eq!(schedule.header.members(), workload.layout.groups(nodes));
        let one = matches!(workload.layout, Layout::Everybody);
        prop_assert_eq!(schedule.header.groups.is_empty(), one);
    }
}
