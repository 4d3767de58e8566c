//! Where a line of a node goes.

use crate::features::Features;
use crate::live::breach::shown;
use crate::live::desk;
use crate::live::node::State;
use crate::live::world::World;
use crate::services;
use crate::wire::{Breach, Envelope, Head, MOST, line};
use crate::words::REGISTERS;
use pepperland_core::id::NodeId;
use serde_json::{Map, Value};

impl World<'_> {
    /// A node has written a line.
    pub fn hear(&mut self, from: NodeId, bytes: &[u8]) {
        let envelope = match Envelope::read(bytes) {
            Ok(envelope) => envelope,
            Err(error) => return self.no_message(from, bytes, &error),
        };
        let name = from.to_string();
        if envelope.src != name && !self.desk.knows(&envelope.src) {
            let text = format!("it writes in the name of \"{}\"", shown(envelope.src.as_bytes()));
            self.breach(from, Breach::WrongSource, &text);
        }
        let head = envelope.head();
        match &*envelope.dest {
            "harness" => self.told(from, &envelope, &head),
            REGISTERS if self.schedule.header.controlled.is_some() => {
                self.write_to_registers(from, &envelope, &head);
            }
            "c0" => self.answer_to_init(from, &envelope, &head),
            service if services::NAMES.contains(&service) => self.serve(from, &envelope, &head),
            dest => match dest.parse::<NodeId>() {
                Ok(to) if to.index() < self.nodes.len() => self.send(from, to, &envelope, &head),
                _ if desk::is_client(dest) => self.answer(from, &envelope, &head),
                _ => {
                    let text =
                        format!("it sent to \"{}\", which does not exist", shown(dest.as_bytes()));
                    self.breach(from, Breach::UnknownDestination, &text);
                }
            },
        }
    }

    fn no_message(&mut self, from: NodeId, bytes: &[u8], error: &serde_json::Error) {
        let why = match bytes.len() {
            0..MOST => error.to_string(),
            _ => format!("it is longer than {} MiB", MOST >> 20),
        };
        let text = format!("it wrote a line that is no message ({why}): {}", shown(bytes));
        self.breach(from, Breach::NoMessage, &text);
    }

    /// A line to a node. Before it is ready it gets `init` alone; the rest waits.
    pub fn write(&mut self, to: NodeId, src: &str, body: &impl serde::Serialize) {
        let bytes = line(src, &to.to_string(), body);
        let node = &mut self.nodes[to.index()];
        match node.state {
            State::Starting if src != "c0" => node.waiting.push(bytes),
            State::Starting | State::Up => {
                if !node.outbox.push(&bytes) {
                    let text = "it does not read: 64 MiB wait for it, and what comes now is lost";
                    self.breach(to, Breach::DoesNotRead, text);
                }
            }
            State::Down | State::Gone => {}
        }
    }

    fn answer_to_init(&mut self, from: NodeId, envelope: &Envelope<'_>, head: &Head<'_>) {
        let node = &self.nodes[from.index()];
        let fits = head.in_reply_to == Some(1) && node.state == State::Starting;
        if !fits {
            let text = format!("it answered nothing: {}", shown(envelope.body.get().as_bytes()));
            return self.breach(from, Breach::StrayAnswer, &text);
        }
        if head.kind != "init_ok" {
            let body = shown(envelope.body.get().as_bytes());
            return self.breach(from, Breach::NotReady, &format!("it refused init: {body}"));
        }
        let body: Value = serde_json::from_str(envelope.body.get()).unwrap_or_default();
        match Features::read(&body, &self.offered()) {
            Ok(features) => self.nodes[from.index()].features = features,
            Err(why) => self.breach(from, Breach::NotReady, &why),
        }
        let node = &mut self.nodes[from.index()];
        node.state = State::Up;
        for bytes in std::mem::take(&mut node.waiting) {
            node.outbox.push(&bytes);
        }
    }

    /// A service answers at once, whatever happens to the network.
    fn serve(&mut self, from: NodeId, envelope: &Envelope<'_>, head: &Head<'_>) {
        let Ok(body) = serde_json::from_str::<Map<String, Value>>(envelope.body.get()) else {
            return self.no_message(from, envelope.body.get().as_bytes(), &no_object());
        };
        let (service, client) = (&*envelope.dest, from.to_string());
        let mut answer = self.services.answer(service, &client, self.now, &body);
        if let (Some(number), Some(fields)) = (head.msg_id, answer.as_object_mut()) {
            fields.insert("in_reply_to".to_owned(), number.into());
        }
        self.write(from, service, &answer);
    }
}

fn no_object() -> serde_json::Error {
    serde::de::Error::custom("the body of a request must be an object")
}
