//! Whether a schedule keeps to the roles that an implementation assumes: clients that ask, servers
//! that answer, and registers between the servers.

use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::schedule::{Ask, Schedule, Step};

/// How the schedule departs from the roles, in a sentence, if it does.
pub fn departed_from(implementation: &Implementation, schedule: &Schedule) -> Option<String> {
    let model = &implementation.model;
    model.roles.as_ref()?;
    let (name, header) = (implementation.name, &schedule.header);
    if model.controlled.is_some() && header.controlled.is_none() {
        return Some(format!(
            "outside the model: {name} has registers, and the schedule's header no \"controlled\" network for them"
        ));
    }
    if header.clients == 0 {
        return model.controlled.as_ref().map(|_| {
            format!(
                "outside the model: {name} has servers, and the schedule's header no \"clients\""
            )
        });
    }
    let is_client = |node: NodeId| node.index() < header.clients as usize;
    let strays = |step: &&Step| match step.ask {
        Ask::Multicast { group, .. } => !is_client(step.node) || group != GroupId(0),
        _ => false,
    };
    let Step { id, node, .. } = schedule.steps.iter().find(strays)?;
    Some(match is_client(*node) {
        true => {
            format!("outside the model: step {id} multicasts to servers, and {name} to clients")
        }
        false => format!("outside the model: step {id} has {node} multicast, which is a server"),
    })
}
