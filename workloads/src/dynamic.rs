//! Groups that come and go: one begins with half of the nodes, one with a single node, one with
//! nobody. Nodes join and leave them again and again; who joins a group that nobody is in makes it,
//! and when the last has left it is gone.

use crate::steps::{instants, multicast_to};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// Only members multicast.
pub const ENTRY: Workload = Workload {
    name: "dynamic",
    statement: "overlapping groups come and go as nodes join and leave; members multicast",
    source: "lecture slides",
    layout: Layout::Dynamic(groups),
    plan,
    last: Last::Probes,
    judged: &[],
};

/// Everybody multicasts.
pub const OPEN: Workload = Workload {
    name: "dynamic-open",
    statement: "the same; those outside a group multicast to it as well",
    layout: Layout::DynamicOpen(groups),
    ..ENTRY
};

/// How often a node moves in or out of a group at most.
const MOVES: u64 = 3;

fn groups(nodes: usize) -> Vec<Vec<NodeId>> {
    let half = NodeId::first(nodes.div_ceil(2)).collect();
    vec![half, NodeId::first(nodes).skip(nodes - 1).collect(), Vec::new()]
}

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(stage.broadcasts + 6 * stage.nodes);
    for (id, at) in (0..).zip(instants(stage, stream)) {
        let group = GroupId(stream.below(stage.groups.len() as u64) as u32);
        let node = NodeId(stream.below(stage.nodes as u64) as u32);
        steps.push(multicast_to(group, id, When::At(at), node));
    }
    for (group, first) in (0..).map(GroupId).zip(&stage.groups) {
        for node in NodeId::first(stage.nodes) {
            let mut is_in = first.contains(&node);
            let mut moves: Vec<Time> = (0..stream.below(MOVES + 1))
                .map(|_| Time(stream.below(stage.until.0.max(1))))
                .collect();
            moves.sort_unstable();
            for at in moves {
                let ask = if is_in { Ask::Leave { group } } else { Ask::Join { group } };
                steps.push(Step { id: steps.len() as u32, when: When::At(at), node, ask });
                is_in = !is_in;
            }
        }
    }
    steps
}
