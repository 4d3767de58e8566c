//! How an event, a disturbance or a request reads in words, the same in every report.

mod environment;
mod execution;
mod lane;
mod lies;
mod schedule;
mod views;

pub(crate) use lane::lane;
pub(crate) use lies::is_of_second_copy;
pub use schedule::{disturbance, step, trouble};

use crate::text;
use pepperland_core::history::{Event, EventId, History, Kind, Transmission};
use pepperland_core::id::NodeId;
use serde_json::Value;
use views::is_of_membership;

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

/// What the environment did at one instant, in words: what befell the same message of one sender
/// on several links is said once.
pub fn together(history: &History, ids: &[EventId]) -> Vec<String> {
    Words { history, limit: LIMIT }.together(ids)
}

/// An event of a node in few words, without the node: `deliver n1:0:1`.
pub fn brief(history: &History, id: EventId) -> String {
    Words { history, limit: 16 }.brief(history.event(id))
}

/// A view that a node installs, in few words: its name and members, and who is new in it or gone
/// since its former one: `view 2 {n1 n2 n4}`, `+n4 −n3`. The latter is empty if there is no change.
pub fn view(history: &History, id: EventId) -> [String; 2] {
    Words { history, limit: 16 }.view_label(history.event(id))
}

/// A message's name, cut in the middle if it is long.
pub fn message(history: &History, row: u32) -> String {
    text::short(&history.message_name(row), LIMIT)
}

/// What a frame calls itself and what it carries: `DATA n1:0:1`; empty if neither is known.
pub fn frame(history: &History, frame: &Transmission) -> String {
    Words { history, limit: 16 }.frame(frame)
}

/// The messages in a frame, each once: one may stand in several headers.
pub(crate) fn carried(frame: &Transmission) -> Vec<u32> {
    let mut rows: Vec<u32> = Vec::new();
    for row in frame.messages.iter() {
        if !rows.contains(row) {
            rows.push(*row);
        }
    }
    rows
}

/// Nodes in words: `n1`, `{n1 n2}`.
pub fn nodes(history: &History, nodes: &[NodeId]) -> String {
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
            Kind::Broadcast => {
                format!("multicasts {}{}", self.message(event), text::to_group(event))
            }
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
        let messages = carried(frame);
        let names = messages.iter().take(3).map(|row| self.history.message_name(*row));
        let mut parts: Vec<String> = frame.label.iter().map(|label| self.short(label)).collect();
        parts.extend(names.map(|name| self.short(&name)));
        if messages.len() > 3 {
            parts.push(format!("and {} more", messages.len() - 3));
        }
        parts.join(" ")
    }

    /// Consensus, replication and other services.
    fn service(&self, event: Event<'_>) -> String {
        let field = |key| self.field(event, key);
        match event.kind() {
            Kind::Propose => format!("proposes {} #{}", field("value"), field("i")),
            Kind::Decide => format!("decides {} #{}", field("value"), field("i")),
            Kind::Apply => self.execution(event),
            Kind::Lead => format!("leads epoch {}", field("epoch")),
            Kind::Unlead => format!("no longer leads epoch {}", field("epoch")),
            Kind::Token => format!("token: {}", field("what")),
            Kind::Enter => format!("enters {}", field("res")),
            Kind::Exit => format!("leaves {}", field("res")),
            Kind::Clock => format!("reads its clock: {} ns", field("local")),
            Kind::Note => format!("notes: {}", field("text")),
            kind if is_of_membership(kind) => self.membership(event),
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
            Kind::Note if is_of_second_copy(event) => lies::second_copy_in_brief(event),
            Kind::Broadcast => format!("cast {}{}", self.message(event), text::to_group(event)),
            Kind::Deliver => match event.place().and_then(|place| place.slot) {
                Some(slot) => format!("deliver {} #{slot}", self.message(event)),
                None => format!("deliver {}", self.message(event)),
            },
            Kind::View => self.view_label(event).join(" ").trim_end().to_owned(),
            kind if is_of_membership(kind) => self.membership_in_brief(event),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use pepperland_core::history::Transmission;
    use serde_json::json;

    #[test]
    fn every_event_of_a_finding_in_words() {
        let history = fixtures::two_sequencers().history;
        let lines: Vec<String> = history.events().map(|e| event(&history, e.id)).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn every_kind_has_words() {
        let mut tape = fixtures::Tape::new(&["n1", "n2"]);
        for kind in Kind::ALL.iter().filter(|kind| !kind.is_transmission()) {
            if !kind.is_delivery() && !matches!(kind, Kind::Broadcast | Kind::View) {
                tape.event(1, 0, *kind, json!({"target": "n2", "value": 7, "client": "c1"}));
            }
        }
        let links = json!({"from": ["n1"], "to": ["n2"], "rate": 25_000, "most": 5_000_000});
        for kind in [Kind::Cut, Kind::Lose, Kind::Delay, Kind::Duplicate, Kind::Corrupt] {
            tape.environment(2, kind, links.clone());
        }
        let skew = json!({"node": "n1", "jump": -4_500_000, "drift": 200});
        tape.environment(3, Kind::Skew, skew);
        tape.environment(3, Kind::Byzantine, json!({"node": "n2", "rate": 25_000}));
        tape.environment(3, Kind::Byzantine, json!({"from": "n2", "to": "n1", "message": 4}));
        tape.environment(3, Kind::Heal, json!({}));
        let history = tape.finish(4);
        let lines: Vec<String> = history.events().map(|e| event(&history, e.id)).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn every_event_of_views_in_words() {
        let history = crate::fixtures::views::forgotten_in_a_flush().history;
        let lines: Vec<String> = history.events().map(|e| event(&history, e.id)).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn what_components_do_wrong_in_words() {
        let mut tape = fixtures::Tape::new(&["n1", "n2"]);
        let omit = json!({"id": 0, "from": ["n1"], "rate": 1_000_000, "degree": 2});
        tape.environment(1, Kind::Lose, omit);
        tape.environment(1, Kind::Delay, json!({"id": 1, "from": ["n1"], "every": 7_000_000}));
        tape.environment(1, Kind::Disk, json!({"id": 2, "node": "n2", "how": "torn", "keep": 5}));
        tape.environment(2, Kind::Heal, json!({"id": 2, "touched": 1}));
        let history = tape.finish(4);
        let lines: Vec<String> = history.events().map(|e| event(&history, e.id)).collect();
        let told = [
            "links n1→all lose every message, 2 in a row at most",
            "links n1→all delay to one message in 7 ms",
            "disk of n2 tears its last write in a crash",
            "over: disk of n2 tears its last write in a crash, having touched 1 write",
        ];
        assert_eq!(lines, told);
    }

    #[test]
    fn alike_strikes_are_told_once() {
        let history = fixtures::crashed_sender().history;
        let ids: Vec<EventId> =
            history.events().filter(|e| e.node().is_none()).map(|e| e.id).collect();
        assert_eq!(together(&history, &ids), ["message 1 from n1 to {n2 n3} is delayed"]);
    }

    #[test]
    fn a_message_in_two_headers_is_named_once() {
        let history = fixtures::two_sequencers().history;
        let twice = Transmission { messages: [0, 0].into(), ..Transmission::new(NodeId(0), 1) };
        assert_eq!(frame(&history, &twice), "n2:0:1");
    }
}
