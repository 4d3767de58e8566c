//! Broadcast: what one node is told, every node is to know. Each is told its neighbours first.

use crate::maelstrom::topology::grid;
use crate::maelstrom::{READ, SOURCE};
use crate::steps::{invoke, operations};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "broadcast",
    statement: "clients tell nodes messages, and read from others what they know",
    source: SOURCE,
    layout: Layout::Everybody,
    plan,
    last: Last::Operations(&[READ]),
    judged: &["set-lost", "set-stale", "set-creation", "set-agreement", "set-duplication"],
};

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let topology = grid(stage.nodes);
    let tell = |node: NodeId| invoke(node.0, When::At(Time::ZERO), node, topology.clone());
    let mut steps: Vec<Step> = NodeId::first(stage.nodes).map(tell).collect();
    let told = steps.len() as u32;
    let operations =
        operations(stage, stream, |number, stream| match stream.chance(PerMillion::percent(50)) {
            true => format!(r#"{{"f":"broadcast","message":{number}}}"#),
            false => READ.to_owned(),
        });
    steps.extend(operations.into_iter().map(|step| Step { id: told + step.id, ..step }));
    steps
}
