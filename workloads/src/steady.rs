//! Steady: random nodes multicast at random instants.

use crate::steps::multicast;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "steady",
    statement: "random nodes multicast at random instants",
    source: "",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
};

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut instants: Vec<u64> =
        (0..stage.broadcasts).map(|_| stream.below(stage.until.0.max(1))).collect();
    instants.sort_unstable();
    let step = |(id, at)| {
        let node = NodeId(stream.below(stage.nodes as u64) as u32);
        multicast(id as u32, When::At(Time(at)), node)
    };
    instants.into_iter().enumerate().map(step).collect()
}
