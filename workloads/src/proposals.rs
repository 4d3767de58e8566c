//! Proposals: every node proposes for every instance of consensus, at about the same time. Mostly
//! each has a value of its own; in some instances all propose the same, and then it must be decided.

use crate::steps::{instants, propose};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// Values of which no two are the same, but where all are.
pub const ENTRY: Workload = Workload {
    name: "proposals",
    statement: "every node proposes a value of its own in each instance, in some all the same",
    source: "",
    layout: Layout::Everybody,
    plan: |stage, stream| plan(stage, PerMillion::percent(10), own_values, stream),
    last: Last::Asks(|stage| last(stage, |node| value(node, stage.broadcasts as u64))),
    judged: &[],
};

/// Zeros and ones.
pub const BINARY: Workload = Workload {
    name: "binary-proposals",
    statement: "every node proposes 0 or 1 in each instance, in some all the same",
    source: "Ben-Or 1983",
    plan: |stage, stream| plan(stage, PerMillion::percent(33), bits, stream),
    last: Last::Asks(|stage| last(stage, |node| (node.0 % 2).to_string())),
    ..ENTRY
};

/// How far apart the proposals of one instance are made at most.
const TOGETHER: Span = Span::millis(20);

/// The proposals of every instance. `values` are those of one instance, one for each node.
fn plan(
    stage: &Stage,
    unanimous: PerMillion,
    values: fn(u64, &Stage, &mut Stream) -> Vec<String>,
    stream: &mut Stream,
) -> Vec<Step> {
    let latest = Time(stage.until.0.saturating_sub(1));
    let mut steps = Vec::new();
    for (instance, at) in (0..).zip(instants(stage, stream)) {
        let mut values = values(instance, stage, stream);
        if stream.chance(unanimous) {
            values = vec![values[0].clone(); values.len()];
        }
        for (node, value) in NodeId::first(stage.nodes).zip(values) {
            let at = (at + Span(stream.below(TOGETHER.0))).min(latest);
            steps.push(propose(steps.len() as u32, When::At(at), node, (instance, value)));
        }
    }
    steps
}

fn own_values(instance: u64, stage: &Stage, _: &mut Stream) -> Vec<String> {
    NodeId::first(stage.nodes).map(|node| value(node, instance)).collect()
}

/// A value that nobody else proposes, nor this node elsewhere.
fn value(node: NodeId, instance: u64) -> String {
    format!("{node}.{instance}")
}

fn bits(_: u64, stage: &Stage, stream: &mut Stream) -> Vec<String> {
    (0..stage.nodes).map(|_| stream.below(2).to_string()).collect()
}

/// One more instance, after all others.
fn last(stage: &Stage, value: impl Fn(NodeId) -> String) -> Vec<(NodeId, Ask)> {
    let instance = stage.broadcasts as u64;
    let propose = |node| (node, Ask::Propose { instance, body: value(node) });
    NodeId::first(stage.nodes).map(propose).collect()
}
