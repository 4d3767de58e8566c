//! How histories tell of lies and of second copies.

use crate::contract::{Delivery, Indication};
use crate::history::{Event, EventId, Kind, Recorder};
use crate::id::{NetworkId, NodeId};
use crate::message::Message;
use crate::runtime::lies::Lie;
use crate::runtime::{Detail, text};
use crate::schedule::{Fate, Schedule, Transit, Trouble};
use crate::time::Time;
use serde_json::{Map, Value};

impl Recorder {
    /// A liar lied in one message. Those that were drawn are told one by one where the network's
    /// side is.
    pub fn lie(
        &mut self,
        at: Time,
        (schedule, index): (&Schedule, u32),
        detail: Detail,
        transit: &Transit,
        lie: &Lie,
    ) {
        let trouble = &schedule.disturbances[index as usize].trouble;
        let is_strike = matches!(trouble, Trouble::Strike { .. });
        if !is_strike && detail == Detail::Application {
            return;
        }
        let fate = serde_json::to_value(lie.fate).expect("a fate has a JSON form");
        let mut fields: Map<String, Value> = fate.as_object().cloned().unwrap_or_default();
        fields.insert("from".to_owned(), transit.from.to_string().into());
        fields.insert("to".to_owned(), transit.to.to_string().into());
        if transit.network != NetworkId::PAYLOAD {
            fields.insert("network".to_owned(), transit.network.0.into());
        }
        fields.insert("message".to_owned(), transit.number.into());
        if !is_strike {
            fields.insert("id".to_owned(), index.into());
        }
        if !lie.said.is_empty() {
            fields.insert("said".to_owned(), Value::from(lie.said.clone()));
        }
        self.environment(at, Kind::Byzantine, fields);
    }

    /// The second copy of a node reported something: its events are not the node's, and are told as
    /// remarks.
    pub fn of_second_copy(
        &mut self,
        at: Time,
        node: NodeId,
        indication: &Indication<Message>,
        cause: Option<EventId>,
    ) -> EventId {
        self.remark_of_second_copy(at, node, &reported(indication), cause)
    }

    /// A remark on what the second copy of a node does, in words that go on from "its second copy".
    pub fn remark_of_second_copy(
        &mut self,
        at: Time,
        node: NodeId,
        does: &str,
        cause: Option<EventId>,
    ) -> EventId {
        let mut fields = Map::new();
        fields.insert("text".to_owned(), format!("its second copy {does}").into());
        fields.insert("copy".to_owned(), 2.into());
        self.event(at, node, Kind::Note, fields, cause)
    }
}

/// The lie that an event tells of, if it was drawn: in which message, and what names it by itself.
pub fn drawn_lie(event: &Event<'_>) -> Option<(Transit, Fate)> {
    event.field("id").filter(|_| event.kind() == Kind::Byzantine)?;
    let node = |key: &str| event.field(key)?.as_str()?.parse::<NodeId>().ok();
    let number = u32::try_from(event.field("message")?.as_u64()?).ok()?;
    let network = event.field("network").and_then(Value::as_u64).unwrap_or_default();
    let network = NetworkId(u8::try_from(network).ok()?);
    let transit = Transit { from: node("from")?, to: node("to")?, network, number };
    let fate = serde_json::from_value(event.fields()?.clone().into()).ok()?;
    Some((transit, fate))
}

fn reported(indication: &Indication<Message>) -> String {
    match indication {
        Indication::Deliver(Delivery { message, .. }) => {
            format!("delivers {} \"{}\"", message.id, text(message))
        }
        Indication::View(view) => format!("installs view {}", view.id),
        Indication::Decide { instance, value } => {
            format!("decides \"{}\" #{instance}", text(value))
        }
        Indication::Suspect(other) => format!("suspects {other}"),
        Indication::Trust(other) => format!("trusts {other}"),
        Indication::Lead { .. } => "leads".to_owned(),
        Indication::Unlead { .. } => "leads no longer".to_owned(),
        Indication::Respond { value, .. } => format!("answers \"{}\"", text(value)),
        Indication::Apply(applied) => format!("executes \"{}\"", text(&applied.op)),
        Indication::StateHash(state) => format!("executes {}", state.value.id),
        Indication::Safe(message) => format!("knows {} to be safe", message.id),
        Indication::Discard(message) => format!("discards {}", message.id),
        Indication::Block(..) => "asks its application to stop".to_owned(),
        Indication::Snapshot(_) => "exchanges its state".to_owned(),
        Indication::Token { turn, .. } => format!("tells of the token: {}", turn.word()),
    }
}
