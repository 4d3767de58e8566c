//! Single sender: one node multicasts at even intervals, the others only listen.

use crate::steps::multicast;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "single-sender",
    statement: "one node multicasts at even intervals, the others only listen",
    source: "",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
    judged: &[],
};

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let node = NodeId(stream.below(stage.nodes as u64) as u32);
    let every = stage.until.0 / (stage.broadcasts as u64).max(1);
    (0..stage.broadcasts as u32)
        .map(|id| multicast(id, When::At(Time(every * u64::from(id))), node))
        .collect()
}
