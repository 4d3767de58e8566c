//! Joining: a group that begins with most of the nodes. The others join, some leave, some come
//! back, and all multicast at any time.

use crate::steps::{instants, multicast};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "joining",
    statement: "nodes join and leave a group while its members multicast",
    source: "Birman 1996",
    layout: Layout::Changing(|nodes| vec![first(nodes).collect()]),
    plan,
    last: Last::Probes,
    judged: &[],
};

/// How many nodes leave, and how many of them come back.
const LEAVERS: PerMillion = PerMillion::percent(30);

/// Most of the nodes: a majority of them survives a crash if there are three.
fn first(nodes: usize) -> impl Iterator<Item = NodeId> {
    NodeId::first(nodes.saturating_sub((nodes / 3).max(1)).max(1))
}

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let instants = instants(stage, stream);
    let mut steps: Vec<Step> = Vec::with_capacity(instants.len() + 2 * stage.nodes);
    for (id, at) in (0..).zip(instants) {
        let node = NodeId(stream.below(stage.nodes as u64) as u32);
        steps.push(multicast(id, When::At(at), node));
    }
    // Whoever stays keeps the group from being empty.
    let stays = NodeId(stream.below(stage.nodes as u64) as u32);
    for node in NodeId::first(stage.nodes) {
        let is_first = first(stage.nodes).any(|member| member == node);
        for (at, ask) in career(is_first, node == stays, stage.until, stream) {
            steps.push(Step { id: steps.len() as u32, when: When::At(at), node, ask });
        }
    }
    steps
}

/// When a node joins and leaves.
fn career(is_first: bool, stays: bool, until: Time, stream: &mut Stream) -> Vec<(Time, Ask)> {
    let join = || Ask::Join { group: GroupId::ALL };
    let mut turns = Vec::new();
    let mut now = 0;
    let mut later = |stream: &mut Stream| {
        now = stream.between(now, until.0.saturating_sub(1).max(now));
        Time(now)
    };
    if !is_first {
        turns.push((later(stream), join()));
    }
    if !stays && stream.chance(LEAVERS) {
        turns.push((later(stream), Ask::Leave { group: GroupId::ALL }));
        if stream.chance(LEAVERS) {
            turns.push((later(stream), join()));
        }
    }
    turns
}
