//! All at once: every node multicasts at the same instant, round after round.

use crate::steps::multicast;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "all-at-once",
    statement: "every node multicasts at the same instant, round after round",
    source: "",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
    judged: &[],
};

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let rounds = stage.broadcasts.div_ceil(stage.nodes.max(1));
    let mut instants: Vec<u64> = (0..rounds).map(|_| stream.below(stage.until.0.max(1))).collect();
    instants.sort_unstable();
    (0..stage.broadcasts)
        .map(|id| {
            let (round, node) = (id / stage.nodes, NodeId((id % stage.nodes) as u32));
            multicast(id as u32, When::At(Time(instants[round])), node)
        })
        .collect()
}
