//! Leaving: a group that begins with all nodes. Most leave, often right after a multicast of their
//! own and sometimes together; half of those come back.

use crate::steps::{instants, multicast};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "leaving",
    statement: "most of a group leave, some together, and half of those come back",
    source: "",
    layout: Layout::Changing(|nodes| vec![NodeId::first(nodes).collect()]),
    plan,
    last: Last::Probes,
    judged: &[],
};

/// How many nodes leave, one of them excepted, and how many of those come back.
const LEAVERS: PerMillion = PerMillion::percent(60);
const RETURNERS: PerMillion = PerMillion::percent(50);

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(stage.broadcasts + 2 * stage.nodes);
    for (id, at) in (0..).zip(instants(stage, stream)) {
        let node = NodeId(stream.below(stage.nodes as u64) as u32);
        steps.push(multicast(id, When::At(at), node));
    }
    let sent: Vec<(NodeId, When)> = steps.iter().map(|step| (step.node, step.when)).collect();
    let stays = NodeId(stream.below(stage.nodes as u64) as u32);
    let together = Time(stream.below(stage.until.0.max(1)));
    let others = NodeId::first(stage.nodes).filter(|node| *node != stays);
    for node in others.filter(|_| stream.chance(LEAVERS)).collect::<Vec<_>>() {
        let own = sent.iter().filter(|(sender, _)| *sender == node);
        let own: Vec<Time> = own.filter_map(|(_, when)| instant(*when)).collect();
        let leaves = match stream.below(3) {
            0 => together,
            1 if !own.is_empty() => *stream.pick(&own) + Span(stream.below(Span::millis(2).0)),
            _ => Time(stream.below(stage.until.0.max(1))),
        };
        let leaves = leaves.min(Time(stage.until.0.saturating_sub(1)));
        let step = |id, at, ask| Step { id, when: When::At(at), node, ask };
        steps.push(step(steps.len() as u32, leaves, Ask::Leave { group: GroupId::ALL }));
        if stream.chance(RETURNERS) {
            let back = Time(stream.between(leaves.0, stage.until.0.saturating_sub(1)));
            steps.push(step(steps.len() as u32, back, Ask::Join { group: GroupId::ALL }));
        }
    }
    steps
}

fn instant(when: When) -> Option<Time> {
    match when {
        When::At(at) => Some(at),
        When::Upon { .. } => None,
    }
}
