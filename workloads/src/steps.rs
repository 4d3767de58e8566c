//! The making of steps.

use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Ask, Step, When};

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
