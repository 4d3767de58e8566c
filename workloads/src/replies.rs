//! Replies: a delivery makes the receiver multicast in turn, so that messages cause each other.

use crate::steps::multicast;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::time::{Span, Time};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "replies",
    statement: "a delivery makes the receiver multicast in turn: chains of cause and effect",
    source: "",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
    judged: &[],
};

/// Each conversation has an opening and this many replies at most.
const CHAIN: usize = 4;

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut steps = Vec::with_capacity(stage.broadcasts);
    while steps.len() < stage.broadcasts {
        let at = Time(stream.below(stage.until.0.max(1)));
        steps.push(multicast(steps.len() as u32, When::At(at), any_node(stage, stream)));
        for _ in 0..CHAIN.min(stage.broadcasts - steps.len()) {
            let of = steps.len() as u32 - 1;
            let after = Span(stream.below(Span::millis(2).0));
            let when = When::Upon { of, after };
            steps.push(multicast(steps.len() as u32, when, any_node(stage, stream)));
        }
    }
    steps
}

fn any_node(stage: &Stage, stream: &mut Stream) -> NodeId {
    NodeId(stream.below(stage.nodes as u64) as u32)
}
