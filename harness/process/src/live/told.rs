//! What a node tells its application, and so the harness.

use crate::live::breach::shown;
use crate::live::world::World;
use crate::wire::Breach;
use crate::wire::{Envelope, Head};
use crate::words::{Taken, Told, stranger, text, view_id};
use pepperland_core::contract::{Applied, Indication};
use pepperland_core::history::{EventId, Kind, Place, ViewInstall, ViewName};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::runtime::consensus_value;
use serde_json::{Map, Value, json};

impl World<'_> {
    /// A node has told the harness something.
    pub fn told(&mut self, from: NodeId, envelope: &Envelope<'_>, head: &Head<'_>) {
        if let Some(number) = head.in_reply_to {
            return self.answered_harness(from, number, envelope, head);
        }
        match serde_json::from_str::<Told>(envelope.body.get()) {
            Ok(word) => {
                if let Err(why) = self.nodes[from.index()].sense.check(&word) {
                    return self.breach(from, Breach::Senseless, &why);
                }
                let event = self.record_word(from, word);
                self.nodes[from.index()].last = event.or(self.nodes[from.index()].last);
            }
            Err(error) => {
                let body = shown(envelope.body.get().as_bytes());
                let text = format!("the harness does not understand it ({error}): {body}");
                self.breach(from, Breach::UnknownWord, &text);
            }
        }
    }

    /// A node has answered a request of the harness: only a refusal is worth a word.
    fn answered_harness(
        &mut self,
        from: NodeId,
        number: i64,
        envelope: &Envelope<'_>,
        head: &Head<'_>,
    ) {
        let body = shown(envelope.body.get().as_bytes());
        if !(1..=self.nodes[from.index()].asked + 1).contains(&number) {
            return self.breach(from, Breach::StrayAnswer, &format!("it answered nothing: {body}"));
        }
        if head.kind == "error" {
            self.recorder.note(self.now, from, &format!("it refused a request: {body}"), None);
        }
    }

    fn record_word(&mut self, at: NodeId, word: Told) -> Option<EventId> {
        match word {
            word @ Told::Deliver { .. } => self.record_delivery(at, word),
            word @ Told::View { .. } => self.record_view(at, word),
            Told::Discard { id } => {
                let id = self.message(at, &id);
                Some(self.recorder.discard(self.now, at, id))
            }
            Told::Safe { id } => {
                let id = self.message(at, &id);
                Some(self.recorder.safe(self.now, at, id, None))
            }
            Told::Note { text } => Some(self.recorder.note(self.now, at, &text, None)),
            Told::Block { view, group } => {
                let name = self.view_name(at, &view)?;
                let id = view_id(&view).filter(|id| id.number == name.number)?;
                let group = self.group(group.as_deref()).map_or(GroupId::ALL, GroupId);
                let block = Indication::Block(group, id);
                let event = self.recorder.indication(self.now, at, block, None);
                self.blocked(at, group, id);
                Some(event)
            }
            Told::Apply { client, op_id, op, result } => {
                let client = *self.known(at, std::slice::from_ref(&client))?.first()?;
                let said = |value| {
                    let body = Body::new(text(&value).as_bytes());
                    Message { id: MessageId::default(), body }
                };
                let (op, result) = (said(op), said(result));
                let applied = Applied { client, operation: op_id, op, result };
                let apply = Indication::Apply(Box::new(applied));
                Some(self.recorder.indication(self.now, at, apply, None))
            }
            word => {
                let (kind, fields) = self.fields(at, word)?;
                let Value::Object(fields) = fields else { return None };
                Some(self.recorder.event(self.now, at, kind, fields, None))
            }
        }
    }

    fn record_delivery(&mut self, at: NodeId, word: Told) -> Option<EventId> {
        let Told::Deliver { id, payload, group, view, slot } = word else { return None };
        let body = Body::new(text(&payload).as_bytes());
        let message = Message { id: self.message(at, &id), body };
        let view = match view {
            Some(view) => Some(self.view_name(at, &view)?),
            None => None,
        };
        let place = Place { slot, view, group: self.group(group.as_deref()) };
        let event = self.recorder.deliver_at(self.now, at, &message, place, None);
        self.upon_delivery(at, message.id);
        Some(event)
    }

    fn record_view(&mut self, at: NodeId, word: Told) -> Option<EventId> {
        let Told::View { view, members, group, primary, transitional } = word else { return None };
        let install = ViewInstall {
            group: self.group(group.as_deref()),
            view: self.view_name(at, &view)?,
            members: self.known(at, &members)?,
            primary: primary.unwrap_or(true),
            transitional: match transitional {
                Some(names) => Some(self.known(at, &names)?),
                None => None,
            },
        };
        let is_member = install.members.contains(&at);
        let group = install.group.map_or(GroupId::ALL, GroupId);
        let event = self.recorder.view(self.now, at, install, None);
        self.installed(at, group, is_member);
        Some(event)
    }

    /// The kind and the keys of a word that nothing follows from.
    fn fields(&mut self, at: NodeId, word: Told) -> Option<(Kind, Value)> {
        Some(match word {
            Told::Suspect { target, state } => {
                self.known(at, std::slice::from_ref(&target))?;
                (Kind::Suspect, with(json!({"target": target}), "state", state))
            }
            Told::Trust { target } => {
                self.known(at, std::slice::from_ref(&target))?;
                (Kind::Trust, json!({"target": target}))
            }
            Told::Lead { epoch } => (Kind::Lead, with(json!({}), "epoch", epoch)),
            Told::Unlead { epoch } => (Kind::Unlead, with(json!({}), "epoch", epoch)),
            Told::Decide { instance, value } => {
                let value = match value {
                    Value::String(text) => consensus_value(&text),
                    other => other,
                };
                (Kind::Decide, json!({"i": instance, "value": value}))
            }
            Told::Respond { op_id, result } => {
                let client = format!("{at}.{op_id}");
                (Kind::Response, json!({"client": client, "result": result, "status": "ok"}))
            }
            Told::Token { what, epoch } => (Kind::Token, json!({"what": what, "epoch": epoch})),
            Told::StateGet(taken) => (Kind::StateGet, self.snapshot(at, taken)?),
            Told::StateSet(taken) => (Kind::StateSet, self.snapshot(at, taken)?),
            Told::StateHash { id, slot, hash } => {
                let op = id.map(|id| json!({"m": id}));
                (Kind::Apply, with(with(json!({"hash": hash}), "op", op), "slot", slot))
            }
            _ => {
                let text = "it speaks of virtual time, and lives in real time";
                self.breach(at, Breach::UnknownWord, text);
                return None;
            }
        })
    }

    fn snapshot(&mut self, at: NodeId, taken: Taken) -> Option<Value> {
        let view = match taken.view {
            Some(view) => Some(json!(self.view_name(at, &view)?.to_string())),
            None => None,
        };
        let set = Some(taken.set).filter(|set| !set.is_empty());
        let mut fields = with(json!({"from": taken.from}), "view", view);
        fields = with(fields, "slot", taken.slot);
        fields = with(fields, "set", set);
        Some(with(fields, "hash", taken.hash))
    }

    /// The message of this name; one that nobody has minted is told.
    fn message(&mut self, at: NodeId, name: &str) -> MessageId {
        let minted = name.parse::<MessageId>().ok();
        if let Some(id) = minted.filter(|id| id.origin.index() < self.nodes.len()) {
            return id;
        }
        let text = format!("\"{}\" names no message", shown(name.as_bytes()));
        self.breach(at, Breach::UnknownWord, &text);
        stranger(name)
    }

    /// The view of this name; what is none is told.
    fn view_name(&mut self, at: NodeId, view: &Value) -> Option<ViewName> {
        let Some(id) = view_id(view) else {
            let text =
                format!("{} is no view: write 7, \"7\" or \"7.n2\"", shown(text(view).as_bytes()));
            self.breach(at, Breach::UnknownWord, &text);
            return None;
        };
        let creator = id.creator.map(|node| node.to_string().into());
        Some(ViewName { number: id.number, creator })
    }

    /// The group of this name, where there are several.
    fn group(&self, name: Option<&str>) -> Option<u32> {
        let groups = self.recorder.groups().len();
        let group: GroupId = name?.parse().ok()?;
        Some(group.0).filter(|_| groups > 1 && group.index() < groups)
    }

    /// The nodes of these names; a name of nobody is a breach.
    fn known(&mut self, at: NodeId, names: &[String]) -> Option<Vec<NodeId>> {
        let known = |name: &String| {
            name.parse::<NodeId>().ok().filter(|node| node.index() < self.nodes.len())
        };
        let nodes: Vec<Option<NodeId>> = names.iter().map(known).collect();
        if let Some(place) = nodes.iter().position(Option::is_none) {
            let text = format!("it names \"{}\", which is no node", shown(names[place].as_bytes()));
            self.breach(at, Breach::UnknownWord, &text);
            return None;
        }
        Some(nodes.into_iter().flatten().collect())
    }
}

/// The same fields, with one more if there is one.
fn with(mut fields: Value, key: &str, value: Option<impl Into<Value>>) -> Value {
    if let (Some(fields), Some(value)) = (fields.as_object_mut(), value) {
        let fields: &mut Map<String, Value> = fields;
        fields.insert(key.to_owned(), value.into());
    }
    fields
}
