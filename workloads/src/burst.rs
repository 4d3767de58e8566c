//! Burst: a few nodes each multicast many messages within a millisecond, again and again.

use crate::steps::multicast;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::time::{Span, Time};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "burst",
    statement: "bursts of multicasts by one node at a time, a millisecond long",
    source: "",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
    judged: &[],
};

const BURST: usize = 5;

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut steps = Vec::with_capacity(stage.broadcasts);
    let last = Time(stage.until.0.saturating_sub(1));
    while steps.len() < stage.broadcasts {
        let start = Time(stream.below(stage.until.0.max(1)));
        let node = NodeId(stream.below(stage.nodes as u64) as u32);
        for _ in 0..BURST.min(stage.broadcasts - steps.len()) {
            let at = start + Span(stream.below(Span::millis(1).0));
            steps.push(multicast(steps.len() as u32, When::At(at.min(last)), node));
        }
    }
    steps
}
