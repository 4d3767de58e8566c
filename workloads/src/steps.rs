//! The making of steps.

use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Ask, Step, When};

/// The step number `id`: a client's operation.
pub fn invoke(id: u32, when: When, node: NodeId, body: String) -> Step {
    Step { id, when, node, ask: Ask::Invoke { body } }
}

/// The step number `id`: a multicast to everyone.
pub fn multicast(id: u32, when: When, node: NodeId) -> Step {
    let ask = Ask::Multicast { group: GroupId::ALL, body: format!("message {}", id + 1) };
    Step { id, when, node, ask }
}
