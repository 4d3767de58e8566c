//! What the harness asks, as a request to a stack.

use crate::words::{Asked, group_id, text, view_id};
use pepperland_core::contract::Request;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use serde_json::Value;

/// Who waits for an answer.
#[derive(Debug)]
pub struct Answer {
    /// Who has asked.
    pub to: String,
    /// By which number.
    pub number: i64,
    /// For what.
    pub word: &'static str,
}

/// The request, if it is one of a node by this name and all names in it make sense.
pub fn request(asked: Asked, me: NodeId) -> Option<Request<Message>> {
    Some(match asked {
        Asked::Multicast { id, group, payload } => {
            Request::Multicast(group_id(Some(&group))?, message(id.parse().ok()?, &payload))
        }
        Asked::Join { group } => Request::Join(group_id(Some(&group))?),
        Asked::Leave { group } => Request::Leave(group_id(Some(&group))?),
        Asked::BlockOk { group, view } => {
            Request::BlockOk(group_id(Some(&group))?, view_id(&view)?)
        }
        Asked::Propose { id, instance, value } => {
            Request::Propose { instance, value: message(id.parse().ok()?, &value) }
        }
        Asked::Invoke { op_id, op } => {
            let (incarnation, number) = ((op_id >> 32) as u32, op_id as u32);
            let id = MessageId { origin: me, incarnation, number };
            Request::Invoke { operation: op_id, value: message(id, &op) }
        }
        Asked::Init(_) | Asked::Timer { .. } => return None,
    })
}

fn message(id: MessageId, said: &Value) -> Message {
    Message { id, body: Body::new(text(said).as_bytes()) }
}
