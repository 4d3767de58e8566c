//! The making of steps.

use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;
use pepperland_core::workload::Stage;

/// As many random instants of the stage as it wants requests, in order.
pub fn instants(stage: &Stage, stream: &mut Stream) -> Vec<Time> {
    let mut instants: Vec<Time> =
        (0..stage.broadcasts).map(|_| Time(stream.below(stage.until.0.max(1)))).collect();
    instants.sort_unstable_by_key(|at| at.0);
    instants
}

/// Operations at random instants and random nodes; their bodies are made in order, from their
/// numbers.
pub fn operations(
    stage: &Stage,
    stream: &mut Stream,
    body: impl FnMut(u64, &mut Stream) -> String,
) -> Vec<Step> {
    let everybody: Vec<NodeId> = NodeId::first(stage.nodes).collect();
    operations_at(&everybody, stage, stream, body)
}

/// The same at random ones of these nodes.
pub fn operations_at(
    nodes: &[NodeId],
    stage: &Stage,
    stream: &mut Stream,
    mut body: impl FnMut(u64, &mut Stream) -> String,
) -> Vec<Step> {
    let instants = instants(stage, stream);
    let step = |(id, at)| {
        let node = *stream.pick(nodes);
        invoke(id, When::At(at), node, body(u64::from(id), stream))
    };
    (0..).zip(instants).map(step).collect()
}

/// The step number `id`: a client's operation.
pub fn invoke(id: u32, when: When, node: NodeId, body: String) -> Step {
    Step { id, when, node, ask: Ask::Invoke { body } }
}

/// The step number `id`: a multicast to everyone.
pub fn multicast(id: u32, when: When, node: NodeId) -> Step {
    multicast_to(GroupId::ALL, id, when, node)
}

/// The step number `id`: a multicast to a group.
pub fn multicast_to(group: GroupId, id: u32, when: When, node: NodeId) -> Step {
    let ask = Ask::Multicast { group, body: format!("message {}", id + 1) };
    Step { id, when, node, ask }
}

/// The step number `id`: a proposal of a value to an instance of consensus.
pub fn propose(id: u32, when: When, node: NodeId, (instance, body): (u64, String)) -> Step {
    Step { id, when, node, ask: Ask::Propose { instance, body } }
}
