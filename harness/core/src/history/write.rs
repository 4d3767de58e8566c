//! Writing a history as a file: one JSON object a line, keys in the canonical order.

use crate::history::keys::rank;
use crate::history::{Event, EventId, History, Kind, Names, Place, Transmission, ViewInstall};
use crate::id::{NetworkId, NodeId};
use serde_json::{Map, Value};
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

/// Histories are equal whose files are, byte by byte.
impl PartialEq for History {
    fn eq(&self, other: &History) -> bool {
        let written = |history: &History| {
            let mut bytes = Vec::new();
            history.write_to(&mut bytes).expect("a vector takes every byte");
            bytes
        };
        self.len() == other.len() && written(self) == written(other)
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
        match event.node() {
            Some(node) => self.name("n", self.history.node_name(node)),
            None => self.field_of(event, "n"),
        }
        self.name("k", event.kind().word());
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
        let place = event.place();
        let install = event.view();
        let frame = event.transmission();
        self.group(place.and_then(|p| p.group).or(install.and_then(|i| i.group)));
        self.field_of(event, "g");
        if let Some(name) = event.message_name() {
            self.name("m", &name);
        }
        if event.kind() == Kind::Broadcast {
            self.group_of(event);
        }
        if let Some(digest) = event.digest() {
            self.name("d", &digest);
        }
        if event.kind() == Kind::Broadcast {
            self.count_of(event);
        }
        place.into_iter().for_each(|place| self.place(place));
        install.into_iter().for_each(|install| self.view(install));
        frame.into_iter().for_each(|frame| self.transmission(frame, event.kind()));
        event.fields().into_iter().for_each(|fields| self.fields(event.kind(), fields));
    }

    /// One of the keys without columns, ahead of its peers.
    fn field_of(&mut self, event: Event<'_>, key: &str) {
        if let Some(value) = event.field(key) {
            self.key(key);
            self.value(value);
        }
    }

    /// The keys without columns, in the order of the format, whatever order they came in.
    fn fields(&mut self, kind: Kind, fields: &Map<String, Value>) {
        let rest = fields.iter().filter(|(key, _)| *key != "n" && *key != "g");
        let mut rest: Vec<_> = rest.collect();
        rest.sort_by_key(|(key, _)| (rank(kind, key), *key));
        for (key, value) in rest {
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

    /// The sender's count, where the name does not tell it.
    fn count_of(&mut self, event: Event<'_>) {
        let opaque = self.history.header.names == Names::Opaque;
        let number = event.message().map_or(0, |row| self.history.messages.number[row as usize]);
        if opaque && number > 0 {
            self.key("q");
            self.number(u64::from(number));
        }
    }

    fn group(&mut self, group: Option<u32>) {
        if let Some(group) = group {
            let history = self.history;
            self.name("g", history.groups.get(group as usize).map_or("?", |(name, _)| name));
        }
    }

    fn place(&mut self, place: &Place) {
        if let Some(view) = &place.view {
            self.name("view", &view.to_string());
        }
        if let Some(slot) = place.slot {
            self.key("slot");
            self.number(slot);
        }
    }

    fn view(&mut self, install: &ViewInstall) {
        self.name("view", &install.view.to_string());
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

    fn transmission(&mut self, frame: &Transmission, kind: Kind) {
        let incoming = kind == Kind::Recv || kind != Kind::Send && frame.incoming;
        self.name(if incoming { "from" } else { "to" }, self.history.node_name(frame.peer));
        self.key("x");
        self.number(frame.id);
        self.carried(&frame.messages);
        if let Some(label) = &frame.label {
            self.name("type", label);
        }
        if let Some(bytes) = frame.bytes {
            self.key("bytes");
            self.number(u64::from(bytes));
        }
        self.group(frame.group);
        if let Some(why) = &frame.why {
            self.name("why", why);
        }
        if frame.network != NetworkId::PAYLOAD {
            self.key("net");
            self.number(u64::from(frame.network.0));
        }
    }

    fn carried(&mut self, messages: &[u32]) {
        let history = self.history;
        match messages {
            [] => {}
            [single] => self.name("m", &history.message_name(*single)),
            several => {
                self.key("ms");
                self.list(several, |line, row| line.text(&history.message_name(*row)));
            }
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

    fn name(&mut self, key: &str, name: &str) {
        self.key(key);
        self.text(name);
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
