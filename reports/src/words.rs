//! How an event, a disturbance or a request reads in words, the same in every report.

mod environment;
mod schedule;

pub use schedule::{disturbance, step, trouble};

use crate::text;
use pepperland_core::history::{Event, EventId, History, Kind, Transmission, ViewInstall};
use serde_json::Value;

/// Names longer than this are cut in the middle, unless asked for in full.
const LIMIT: usize = 40;

/// An event in words, with long names cut: `n2 delivers n1:0:1`.
pub fn event(history: &History, id: EventId) -> String {
    Words { history, limit: LIMIT }.event(history.event(id))
}

/// An event in words, with every name in full.
pub fn event_in_full(history: &History, id: EventId) -> String {
    Words { history, limit: usize::MAX }.event(history.event(id))
}

/// An event of a node in few words, without the node: `deliver n1:0:1`.
pub fn brief(history: &History, id: EventId) -> String {
    Words { history, limit: 16 }.brief(history.event(id))
}

/// A message's name, cut in the middle if it is long.
pub fn message(history: &History, row: u32) -> String {
    text::short(&history.message_name(row), LIMIT)
}

/// What a frame calls itself and what it carries: `DATA n1:0:1`; empty if neither is known.
pub fn frame(history: &History, frame: &Transmission) -> String {
    Words { history, limit: 16 }.frame(frame)
}

/// Nodes in words: `n1`, `{n1 n2}`.
pub fn nodes(history: &History, nodes: &[pepperland_core::id::NodeId]) -> String {
    let names = nodes.iter().map(|n| history.node_name(*n).to_owned()).collect::<Vec<_>>();
    Words { history, limit: LIMIT }.set(&names)
}

/// The form of words that one history takes.
struct Words<'h> {
    history: &'h History,
    limit: usize,
}

impl Words<'_> {
    fn event(&self, event: Event<'_>) -> String {
        match event.node() {
            Some(node) => {
                let node = self.short(self.history.node_name(node));
                match self.client(event) {
                    Some(said) => format!("{said} at {node}"),
                    None => format!("{node} {}", self.deed(event)),
                }
            }
            None => self.client(event).unwrap_or_else(|| self.environment(event)),
        }
    }

    /// What a node does.
    fn deed(&self, event: Event<'_>) -> String {
        match event.kind() {
            Kind::Broadcast => format!("multicasts {}", self.message(event)),
            Kind::BroadcastReturn => format!("returns from multicasting {}", self.message(event)),
            Kind::Deliver | Kind::OptDeliver | Kind::Safe => self.delivery(event),
            Kind::View => self.view(event),
            kind if kind.is_transmission() => self.transmission(event),
            Kind::Discard => format!("discards {}", self.field(event, "m")),
            Kind::Crash => "crashes".to_owned(),
            Kind::Recover if event.field("durable") == Some(&Value::Bool(false)) => {
                "restarts without its storage".to_owned()
            }
            Kind::Recover => "restarts".to_owned(),
            Kind::Pause => "stands still".to_owned(),
            Kind::Resume => "goes on".to_owned(),
            _ => self.service(event),
        }
    }

    fn delivery(&self, event: Event<'_>) -> String {
        let message = self.message(event);
        let place = event.place();
        let slot = place.and_then(|p| p.slot).map(|s| format!(" as #{s}")).unwrap_or_default();
        let view = place.and_then(|p| p.view.as_ref());
        let view = view.map(|v| format!(" in view {v}")).unwrap_or_default();
        match event.kind() {
            Kind::OptDeliver => format!("delivers {message} optimistically{slot}{view}"),
            Kind::Safe => format!("knows {message} to be safe{slot}{view}"),
            _ => format!("delivers {message}{slot}{view}"),
        }
    }

    fn view(&self, event: Event<'_>) -> String {
        let Some(ViewInstall { view, members, primary, .. }) = event.view() else {
            return "installs a view".to_owned();
        };
        let members: Vec<&str> = members.iter().map(|n| self.history.node_name(*n)).collect();
        let members = self.short(&members.join(" "));
        let kind = if *primary { "" } else { ", not primary" };
        format!("installs view {} {{{members}}}{kind}", self.short(&view.to_string()))
    }

    fn transmission(&self, event: Event<'_>) -> String {
        let Some(frame) = event.transmission() else { return event.kind().word().to_owned() };
        let peer = self.short(self.history.node_name(frame.peer));
        let mut what = self.frame(frame);
        if what.is_empty() {
            what.push_str("a frame");
        }
        let why = frame.why.as_ref().map(|w| format!(" ({})", self.short(w))).unwrap_or_default();
        match event.kind() {
            Kind::Send => format!("sends {what} to {peer}"),
            Kind::Recv => format!("receives {what} from {peer}"),
            Kind::Drop => format!("loses {what} to {peer}{why}"),
            Kind::Duplicate => format!("sees {what} to {peer} doubled{why}"),
            _ => format!("sees {what} to {peer} corrupted{why}"),
        }
    }

    fn frame(&self, frame: &Transmission) -> String {
        let names = frame.messages.iter().take(3).map(|row| self.history.message_name(*row));
        let mut parts: Vec<String> = frame.label.iter().map(|label| self.short(label)).collect();
        parts.extend(names.map(|name| self.short(&name)));
        if frame.messages.len() > 3 {
            parts.push(format!("and {} more", frame.messages.len() - 3));
        }
        parts.join(" ")
    }

    /// Membership, detectors, consensus and replication.
    fn service(&self, event: Event<'_>) -> String {
        let field = |key| self.field(event, key);
        match event.kind() {
            Kind::Block => format!("begins the flush of view {}", field("view")),
            Kind::BlockOk => "stops sending for the flush".to_owned(),
            Kind::Join => "asks to join".to_owned(),
            Kind::Leave => "asks to leave".to_owned(),
            Kind::Exclude => format!("asks to exclude {}", field("target")),
            Kind::Suspect => format!("suspects {}", field("target")),
            Kind::Trust => format!("trusts {} again", field("target")),
            Kind::StateGet => "takes a snapshot".to_owned(),
            Kind::StateSet => format!("installs the snapshot of {}", field("from")),
            Kind::Propose => format!("proposes {} in instance {}", field("value"), field("i")),
            Kind::Decide => format!("decides {} in instance {}", field("value"), field("i")),
            Kind::Apply => format!("executes {} as #{}", field("op"), field("slot")),
            Kind::Lead => format!("leads epoch {}", field("epoch")),
            Kind::Unlead => format!("no longer leads epoch {}", field("epoch")),
            Kind::Token => format!("token: {}", field("what")),
            Kind::Enter => format!("enters {}", field("res")),
            Kind::Exit => format!("leaves {}", field("res")),
            Kind::Clock => format!("reads its clock: {} ns", field("local")),
            Kind::Note => format!("notes: {}", field("text")),
            kind => format!("{}{}", kind.word(), self.rest(event)),
        }
    }

    /// Operations of clients, who are no nodes.
    fn client(&self, event: Event<'_>) -> Option<String> {
        let field = |key| self.field(event, key);
        match event.kind() {
            Kind::Invoke => Some(format!("{} asks for {}", field("client"), field("op"))),
            Kind::Response => {
                let (client, result, status) = (field("client"), field("result"), field("status"));
                Some(format!("{client} is answered {result} ({status})"))
            }
            _ => None,
        }
    }

    fn brief(&self, event: Event<'_>) -> String {
        match event.kind() {
            Kind::Broadcast => format!("cast {}", self.message(event)),
            Kind::Deliver => match event.place().and_then(|place| place.slot) {
                Some(slot) => format!("deliver {} #{slot}", self.message(event)),
                None => format!("deliver {}", self.message(event)),
            },
            Kind::View => event.view().map_or("view".to_owned(), |install| {
                format!("view {} of {}", install.view, install.members.len())
            }),
            _ => self.client(event).unwrap_or_else(|| self.deed(event)),
        }
    }

    fn message(&self, event: Event<'_>) -> String {
        event.message_name().map_or_else(|| "?".to_owned(), |name| self.short(&name))
    }

    /// One of the event's keys, `?` if it is absent.
    fn field(&self, event: Event<'_>, key: &str) -> String {
        match event.field(key) {
            None if key == "m" => self.message(event),
            None => "?".to_owned(),
            Some(Value::String(text)) => self.short(text),
            Some(value) => self.short(&value.to_string()),
        }
    }

    /// All of the event's keys.
    fn rest(&self, event: Event<'_>) -> String {
        let pairs = event.fields().into_iter().flatten();
        pairs.map(|(key, value)| format!(" {}={}", self.short(key), self.value(value))).collect()
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::String(text) => self.short(text),
            other => self.short(&other.to_string()),
        }
    }

    fn set(&self, names: &[String]) -> String {
        let shown: Vec<String> = names.iter().map(|name| self.short(name)).collect();
        match &shown[..] {
            [one] => one.clone(),
            several => format!("{{{}}}", several.join(" ")),
        }
    }

    fn short(&self, text: &str) -> String {
        text::short(text, self.limit)
    }
}
