//! Requests: random nodes ask the group at random instants, and wait for none, one, a majority or
//! all of the replies.

use crate::steps::invoke;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "requests",
    statement: "random nodes ask the group, for no reply, the first, a majority or all",
    source: "",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
};

/// How many replies a client may wait for, as JSON.
const REPLIES: &[&str] = &["0", "1", r#""majority""#, r#""all""#];

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut instants: Vec<u64> =
        (0..stage.broadcasts).map(|_| stream.below(stage.until.0.max(1))).collect();
    instants.sort_unstable();
    let step = |(id, at)| {
        let node = NodeId(stream.below(stage.nodes as u64) as u32);
        let body = format!(r#"{{"f":"multicast","replies":{}}}"#, stream.pick(REPLIES));
        invoke(id as u32, When::At(Time(at)), node, body)
    };
    instants.into_iter().enumerate().map(step).collect()
}
