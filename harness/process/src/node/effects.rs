//! What a handler has done, as lines.

use crate::words::{Taken, Told, text, value, view_value};
use pepperland_core::contract::{Indication, Snapshot, SnapshotTurn, Timer};
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use serde_json::Value;

/// What the harness is told of an indication.
pub fn told(indication: Indication<Message>) -> Told {
    match indication {
        Indication::Deliver(delivery) => Told::Deliver {
            id: delivery.message.id.to_string(),
            payload: Value::String(said(&delivery.message)),
            group: Some(delivery.group.to_string()),
            slot: delivery.slot,
            view: None,
        },
        Indication::Discard(message) => Told::Discard { id: message.id.to_string() },
        Indication::View(view) => Told::View {
            view: view_value(view.id),
            members: names(&view.members),
            group: Some(view.group.to_string()),
            primary: Some(view.primary),
            transitional: view.transitional.as_deref().map(names),
        },
        Indication::Block(group, view) => {
            Told::Block { view: view_value(view), group: Some(group.to_string()) }
        }
        Indication::Safe(message) => Told::Safe { id: message.id.to_string() },
        Indication::Snapshot(snapshot) => match snapshot.turn {
            SnapshotTurn::Taken => Told::StateGet(taken(*snapshot)),
            SnapshotTurn::Installed => Told::StateSet(taken(*snapshot)),
        },
        Indication::StateHash(state) => Told::StateHash {
            id: Some(state.value.id.to_string()),
            slot: state.slot,
            hash: state.hash,
        },
        Indication::Suspect(node) => Told::Suspect { target: node.to_string(), state: None },
        Indication::Trust(node) => Told::Trust { target: node.to_string() },
        Indication::Lead { epoch } => Told::Lead { epoch },
        Indication::Unlead { epoch } => Told::Unlead { epoch },
        Indication::Token { turn, epoch } => Told::Token { what: turn.word().to_owned(), epoch },
        Indication::Decide { instance, value: decided } => {
            Told::Decide { instance, value: value(&said(&decided)) }
        }
        Indication::Respond { operation, value: result } => {
            Told::Respond { op_id: operation, result: value(&said(&result)) }
        }
        Indication::Apply(applied) => Told::Apply {
            client: applied.client.to_string(),
            op_id: applied.operation,
            op: value(&said(&applied.op)),
            result: value(&said(&applied.result)),
        },
    }
}

fn taken(snapshot: Snapshot<Message>) -> Taken {
    Taken {
        from: snapshot.from.to_string(),
        view: snapshot.view.map(view_value),
        slot: snapshot.slot,
        set: snapshot.covers.iter().map(|message| message.id.to_string()).collect(),
        hash: Some(snapshot.hash),
    }
}

fn said(message: &Message) -> String {
    String::from_utf8_lossy(&message.body.0).into_owned()
}

fn names(nodes: &[NodeId]) -> Vec<String> {
    nodes.iter().map(NodeId::to_string).collect()
}

/// The name of a timer.
pub fn timer_name(timer: Timer) -> Value {
    Value::String(format!("{}.{}", timer.place, timer.tag))
}

/// The timer of a name.
pub fn timer_of(name: &Value) -> Option<Timer> {
    let name = text(name);
    let (place, tag) = name.split_once('.')?;
    Some(Timer { place: place.parse().ok()?, tag: tag.parse().ok()? })
}
