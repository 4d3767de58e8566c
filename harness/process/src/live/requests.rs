//! Requests of the application: what the schedule's steps ask of a node.

use crate::live::agenda::Happening;
use crate::live::world::World;
use pepperland_core::contract::Request;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::schedule::{Ask, Step};
use serde_json::{Value, json};

impl World<'_> {
    /// A step's request is made. At a node that is down, nobody hears it.
    pub fn ask(&mut self, place: u32) {
        let schedule = self.schedule;
        let step = &schedule.steps[place as usize];
        if !self.nodes[step.node.index()].lives() {
            return;
        }
        match &step.ask {
            Ask::Invoke { body } if !self.nodes[step.node.index()].features.invoke => {
                self.operate(step, body);
            }
            _ => self.request(step),
        }
    }

    fn request(&mut self, step: &Step) {
        let node = &mut self.nodes[step.node.index()];
        let (id, number) = (node.name(step), node.next_request());
        let last = node.last;
        let (request, event) = self.recorder.request(self.now, step, id, last);
        self.nodes[step.node.index()].last = Some(event);
        if let Ask::Multicast { .. } = step.ask {
            self.waiting.asked(step, id);
        }
        let body = body(&request, number + 1);
        self.write(step.node, "harness", &body);
    }

    /// A step's message was delivered: the steps that wait for it at this node are planned.
    pub fn upon_delivery(&mut self, node: NodeId, message: MessageId) {
        for (step, after) in self.waiting.delivered(self.schedule, node, message) {
            self.agenda.plan(self.now + after, Happening::Ask(step));
        }
    }
}

/// A request as the node reads it.
pub fn body(request: &Request<Message>, number: i64) -> Value {
    let kind = request.name();
    match request {
        Request::Multicast(group, message) => json!({
            "type": kind, "msg_id": number, "id": message.id.to_string(),
            "group": group.to_string(), "payload": text(message),
        }),
        Request::Join(group) | Request::Leave(group) => {
            json!({"type": kind, "msg_id": number, "group": group.to_string()})
        }
        Request::Propose { instance, value } => {
            json!({"type": kind, "msg_id": number, "instance": instance, "value": text(value)})
        }
        Request::Invoke { operation, value } => {
            let op = serde_json::from_str(&text(value)).unwrap_or_else(|_| json!(text(value)));
            json!({"type": kind, "msg_id": number, "op_id": operation, "op": op})
        }
        Request::BlockOk(view) => {
            json!({"type": kind, "msg_id": number, "view": view.to_string()})
        }
        Request::Send(..) | Request::SendEach(..) => json!({"type": kind, "msg_id": number}),
    }
}

fn text(message: &Message) -> String {
    String::from_utf8_lossy(&message.body.0).into_owned()
}
