//! Steady: random nodes multicast at random instants.

use crate::steps::{instants, multicast};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "steady",
    statement: "random nodes multicast at random instants",
    source: "",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
    judged: &[],
};

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let instants = instants(stage, stream);
    let step = |(id, at)| {
        let node = NodeId(stream.below(stage.nodes as u64) as u32);
        multicast(id, When::At(at), node)
    };
    (0..).zip(instants).map(step).collect()
}
