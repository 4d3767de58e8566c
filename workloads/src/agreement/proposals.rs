//! Proposals: every node proposes to each instance of consensus, most often what nobody else does.

use crate::steps::{instants, propose};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// Any values.
pub const ENTRY: Workload = Workload {
    name: "proposals",
    statement: "every node proposes to each instance of consensus, now and then all the same",
    source: "Chandra & Toueg 1996",
    layout: Layout::Everybody,
    plan: |stage, stream| plan(stage, stream, ALIKE, own),
    last: Last::Operations(&[]),
    judged: &[],
};

/// Two values.
pub const BINARY: Workload = Workload {
    name: "binary-proposals",
    statement: "every node proposes 0 or 1 to each instance of consensus, a third of the time all \
                the same",
    source: "Ben-Or 1983",
    plan: |stage, stream| plan(stage, stream, ALIKE_BINARY, binary),
    ..ENTRY
};

/// In how many instances all propose the same.
const ALIKE: PerMillion = PerMillion::percent(10);
const ALIKE_BINARY: PerMillion = PerMillion::percent(33);

/// How long after the first node the last one proposes.
const SPREAD: Span = Span::millis(20);

fn plan(
    stage: &Stage,
    stream: &mut Stream,
    alike: PerMillion,
    value: fn(u64, NodeId, &mut Stream) -> String,
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(stage.broadcasts * stage.nodes);
    let last = Time(stage.until.0.saturating_sub(1));
    for (instance, first) in (0..).zip(instants(stage, stream)) {
        let shared = stream.chance(alike).then(|| value(instance, NodeId(0), stream));
        for node in NodeId::first(stage.nodes) {
            let at = (first + Span(stream.below(SPREAD.0))).min(last);
            let body = shared.clone().unwrap_or_else(|| value(instance, node, stream));
            steps.push(propose(steps.len() as u32, When::At(at), node, (instance, body)));
        }
    }
    steps
}

/// A value that nobody else proposes to any instance.
fn own(instance: u64, node: NodeId, _: &mut Stream) -> String {
    format!("{node}.{instance}")
}

fn binary(_: u64, _: NodeId, stream: &mut Stream) -> String {
    stream.below(2).to_string()
}
