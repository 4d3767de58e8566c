//! What the environment did, as histories tell it.

use super::Words;
use pepperland_core::history::{Event, EventId, Kind};
use serde_json::Value;

impl Words<'_> {
    pub(super) fn environment(&self, event: Event<'_>) -> String {
        match event.kind() {
            Kind::Heal => self.heal(event),
            Kind::Skew => self.skew(event),
            Kind::Disk if event.field("how").is_some() => self.disk(event),
            Kind::Byzantine if event.field("message").is_none() => self.liar(event),
            Kind::Note => format!("note: {}", self.field(event, "text")),
            kind => match harm(kind) {
                Some(harm) => self.links(event, harm),
                None => format!("{}{}", kind.word(), self.rest(event)),
            },
        }
    }

    pub(super) fn together(&self, ids: &[EventId]) -> Vec<String> {
        let mut groups: Vec<Vec<Event<'_>>> = Vec::new();
        for event in ids.iter().map(|id| self.history.event(*id)) {
            let like = |group: &&mut Vec<Event<'_>>| is_like(group[0], event);
            match groups.iter_mut().find(like) {
                Some(group) => group.push(event),
                None => groups.push(vec![event]),
            }
        }
        groups.iter().map(|group| self.group(group)).collect()
    }

    fn group(&self, group: &[Event<'_>]) -> String {
        let first = group[0];
        match (harm(first.kind()), first.field("message")) {
            (Some((one, _)), Some(number)) => {
                let text = |event: &Event<'_>| event.field("to")?.as_str().map(str::to_owned);
                let to = self.set(&group.iter().filter_map(text).collect::<Vec<_>>());
                let from = self.side(first, "from");
                let what = self.lie(first).unwrap_or_else(|| format!("is {one}"));
                format!("message {number} from {from} to {to} {what}")
            }
            _ => self.event(first),
        }
    }

    /// What happens to links or, of a strike, to one message.
    fn links(&self, event: Event<'_>, (one, many): (&str, &str)) -> String {
        let (from, to) = (self.side(event, "from"), self.side(event, "to"));
        if let Some(number) = event.field("message") {
            let what = self.lie(event).unwrap_or_else(|| format!("is {one}"));
            return format!("message {number} from {from} to {to} {what}");
        }
        let both = event.field("both_ways") == Some(&Value::Bool(true));
        let arrow = if both { "↔" } else { "→" };
        let rate = if event.kind() == Kind::Cut { String::new() } else { share(event) };
        format!("links {from}{arrow}{to} {many}{rate}{}", extent(event))
    }

    pub(super) fn side(&self, event: Event<'_>, key: &str) -> String {
        match event.field(key) {
            Some(Value::Array(names)) => {
                let names: Vec<String> =
                    names.iter().filter_map(|n| n.as_str()).map(str::to_owned).collect();
                self.set(&names)
            }
            Some(Value::String(name)) => self.short(name),
            _ => "all".to_owned(),
        }
    }

    fn heal(&self, event: Event<'_>) -> String {
        let opening = self.opening(event);
        let what = match opening.map(|opening| opening.kind()) {
            Some(Kind::Disk) => "write",
            _ => "message",
        };
        let touched = match event.field("touched").and_then(Value::as_u64) {
            Some(0) => ", having touched nothing".to_owned(),
            Some(1) => format!(", having touched 1 {what}"),
            Some(n) => format!(", having touched {n} {what}s"),
            None => String::new(),
        };
        match opening {
            Some(opening) => format!("over: {}{touched}", self.environment(opening)),
            None => format!("heal{touched}"),
        }
    }

    /// The event that a heal ends.
    fn opening(&self, heal: Event<'_>) -> Option<Event<'_>> {
        let id = heal.field("id")?;
        let earlier = self.history.events().take(heal.id.index());
        let same = |e: &Event<'_>| {
            e.node().is_none() && e.kind() != Kind::Heal && e.field("id") == Some(id)
        };
        earlier.rev().find(same)
    }

    fn skew(&self, event: Event<'_>) -> String {
        let number = |key| event.field(key).and_then(Value::as_i64).unwrap_or(0);
        let node = self.victim(event);
        let jump = number("jump") as f64 / 1e6;
        format!("clock of {node} jumps by {jump} ms and drifts by {} ppm", number("drift"))
    }

    fn disk(&self, event: Event<'_>) -> String {
        let node = self.victim(event);
        match event.field("how").and_then(Value::as_str) {
            Some("lost") => format!("disk of {node} loses in a crash what it has just taken"),
            Some("torn") => format!("disk of {node} tears its last write in a crash"),
            _ => format!("disk of {node} loses in a crash all it takes"),
        }
    }

    /// The node that a disturbance befalls. Other tools may name it as they name nodes everywhere.
    pub(super) fn victim(&self, event: Event<'_>) -> String {
        self.field(event, if event.field("node").is_some() { "node" } else { "n" })
    }
}

/// How many messages are concerned, if that is told.
pub(super) fn share(event: Event<'_>) -> String {
    match event.field("rate").and_then(Value::as_u64) {
        Some(rate) if rate < 1_000_000 => format!(" {} % of messages", per_cent(rate)),
        Some(_) => " every message".to_owned(),
        None => String::new(),
    }
}

/// Whether both strike the same message of one sender alike, to whomever.
fn is_like(a: Event<'_>, b: Event<'_>) -> bool {
    let but_receiver = |event: Event<'_>| {
        let mut fields = event.fields().cloned().unwrap_or_default();
        fields.remove("to");
        fields
    };
    let strikes = a.field("message").is_some() && a.kind() == b.kind();
    strikes && but_receiver(a) == but_receiver(b)
}

/// What happens to one message and to all of a link.
fn harm(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Cut => Some(("cut", "cut")),
        Kind::Lose => Some(("lost", "lose")),
        Kind::Delay => Some(("delayed", "delay")),
        Kind::Duplicate => Some(("doubled", "double")),
        Kind::Corrupt => Some(("corrupted", "corrupt")),
        Kind::Byzantine => Some(("a lie", "lie in")),
        _ => None,
    }
}

/// Between which bounds messages are late.
fn extent(event: Event<'_>) -> String {
    let ms = |key| event.field(key).and_then(Value::as_u64).map(|ns| ns as f64 / 1e6);
    match (ms("least"), ms("most")) {
        (Some(least), Some(most)) => format!(" by {least}–{most} ms"),
        (None, Some(most)) => format!(" within {most} ms"),
        _ => match (ms("every"), event.field("degree").and_then(Value::as_u64)) {
            (Some(every), _) => format!(" to one message in {every} ms"),
            (_, Some(degree)) => format!(", {degree} in a row at most"),
            _ => String::new(),
        },
    }
}

/// Parts per million as per cent.
pub(super) fn per_cent(rate: u64) -> f64 {
    rate as f64 / 10_000.0
}
