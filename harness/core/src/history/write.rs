//! Writing a history as a file: one JSON object a line, keys in the canonical order.

use crate::history::detail::Place;
use crate::history::{Event, EventId, History, Kind};
use crate::id::NodeId;
use serde_json::Value;
use std::io::{self, Write};

impl History {
    /// Writes the history as JSON lines.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, &self.header)?;
        out.write_all(b"\n")?;
        let mut line = String::new();
        for event in self.events() {
            line.clear();
            Line { history: self, out: &mut line }.event(event);
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

struct Line<'a> {
    history: &'a History,
    out: &'a mut String,
}

impl Line<'_> {
    fn event(&mut self, event: Event<'_>) {
        self.out.push_str("{\"t\":");
        self.number(event.time().0);
        if let Some(node) = event.node() {
            self.key("n");
            self.text(self.history.node_name(node));
        }
        self.key("k");
        self.text(event.kind().word());
        self.causes(event.causes());
        self.details(event);
        self.out.push('}');
    }

    fn causes(&mut self, causes: &[EventId]) {
        if causes.is_empty() {
            return;
        }
        self.key("c");
        self.list(causes, |line, cause| line.number(u64::from(cause.0)));
    }

    fn details(&mut self, event: Event<'_>) {
        if event.kind() == Kind::Broadcast {
            self.group_of(event);
        }
        if let Some(place) = event.place() {
            self.group(place.group);
        }
        if let Some(install) = event.view() {
            self.group(install.group);
        }
        if let Some(name) = event.message_name() {
            self.key("m");
            self.text(&name);
        }
        if let Some(digest) = event.digest() {
            self.key("d");
            self.text(&digest);
        }
        if event.kind() == Kind::Broadcast {
            self.count_of(event);
        }
        self.place(event.place());
        self.view(event);
        self.transmission(event);
        for (key, value) in event.fields().into_iter().flatten() {
            self.key(key);
            self.value(value);
        }
    }

    /// The group of a broadcast, left out where there is only one.
    fn group_of(&mut self, event: Event<'_>) {
        let row = event.message().map(|row| row as usize);
        let group = row.map(|row| self.history.messages.group[row]);
        self.group(group.filter(|_| self.history.groups.len() > 1));
    }

    /// The sender's count of an opaque name.
    fn count_of(&mut self, event: Event<'_>) {
        let Some(row) = event.message().filter(|row| self.history.messages.is_opaque(*row)) else {
            return;
        };
        self.key("q");
        self.number(u64::from(self.history.messages.number[row as usize]));
    }

    fn group(&mut self, group: Option<u32>) {
        if let Some(group) = group {
            self.key("g");
            let history = self.history;
            self.text(history.groups.get(group as usize).map_or("?", |(name, _)| name));
        }
    }

    fn place(&mut self, place: Option<&Place>) {
        let Some(place) = place else { return };
        if let Some(view) = &place.view {
            self.key("view");
            self.text(&view.to_string());
        }
        if let Some(slot) = place.slot {
            self.key("slot");
            self.number(slot);
        }
    }

    fn view(&mut self, event: Event<'_>) {
        let Some(install) = event.view() else { return };
        self.key("view");
        self.text(&install.view.to_string());
        self.key("members");
        self.nodes(&install.members);
        if !install.primary {
            self.key("primary");
            self.out.push_str("false");
        }
        if let Some(transitional) = &install.transitional {
            self.key("transitional");
            self.nodes(transitional);
        }
    }

    fn transmission(&mut self, event: Event<'_>) {
        let Some(frame) = event.transmission() else { return };
        let incoming = event.kind() == Kind::Recv;
        self.key(if incoming { "from" } else { "to" });
        self.text(self.history.node_name(frame.peer));
        self.key("x");
        self.number(frame.id);
        if !frame.messages.is_empty() {
            self.key("ms");
            let history = self.history;
            self.list(&frame.messages, |line, row| line.text(&history.message_name(*row)));
        }
        if let Some(label) = &frame.label {
            self.key("type");
            self.text(label);
        }
        if let Some(bytes) = frame.bytes {
            self.key("bytes");
            self.number(u64::from(bytes));
        }
        if let Some(why) = &frame.why {
            self.key("why");
            self.text(why);
        }
    }

    fn nodes(&mut self, nodes: &[NodeId]) {
        let history = self.history;
        self.list(nodes, |line, node| line.text(history.node_name(*node)));
    }

    fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.out.push('[');
        for (i, each) in items.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            item(self, each);
        }
        self.out.push(']');
    }

    fn key(&mut self, key: &str) {
        self.out.push(',');
        self.text(key);
        self.out.push(':');
    }

    fn text(&mut self, text: &str) {
        let plain = text.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\');
        if plain {
            self.out.push('"');
            self.out.push_str(text);
            self.out.push('"');
        } else {
            self.value(&Value::from(text));
        }
    }

    fn number(&mut self, number: u64) {
        use std::fmt::Write as _;
        write!(self.out, "{number}").expect("a string takes every byte");
    }

    fn value(&mut self, value: &Value) {
        self.out.push_str(&value.to_string());
    }
}
