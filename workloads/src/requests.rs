//! Requests: random nodes ask the group at random instants, and wait for none, one, a majority or
//! all of the replies.

use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::Stream;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "requests",
    statement: "random nodes ask the group, for no reply, the first, a majority or all",
    source: "",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
    judged: &[],
};

/// How many replies a client may wait for, as JSON.
const REPLIES: &[&str] = &["0", "1", r#""majority""#, r#""all""#];

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    operations(stage, stream, |_, stream| {
        format!(r#"{{"f":"multicast","replies":{}}}"#, stream.pick(REPLIES))
    })
}
