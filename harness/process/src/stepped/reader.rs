//! Reading what a program writes: lines become effects, in their order.

use crate::features::{Features, OFFERED, offer};
use crate::mouthpiece::Mouthpiece;
use crate::stepped::broken::Broken;
use crate::stepped::names::{Disk, Timers};
use crate::wire::{Breach, Envelope, Head, may_write};
use crate::words::{HARNESS, REGISTERS, Sense, Taken, Told, group_id, stranger, text, view_id};
use pepperland_core::contract::{
    Applied, Delivery, Effect, Host, Indication, Snapshot, SnapshotTurn, StateHash, TokenTurn, View,
};
use pepperland_core::id::{GroupId, MessageId, NetworkId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Span;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

/// What is known of one process by what it was asked and what it has written.
#[derive(Default)]
pub struct Reader {
    /// What it has asked for.
    pub features: Features,
    /// Its timers.
    pub timers: Timers,
    /// Its disk.
    pub disk: Disk,
    /// What it was asked, by number, and has not answered.
    pub open: BTreeMap<i64, Open>,
    /// How many nodes there are.
    pub nodes: usize,
    /// Whether there are registers to be written to.
    pub has_registers: bool,
    /// Who speaks for it, if it is a node of the library.
    pub mouthpiece: Option<Mouthpiece>,
    /// Whether it has answered `init`.
    pub ready: bool,
    /// What it may say.
    pub sense: Sense,
}

/// What a process was asked and may answer.
#[derive(Copy, Clone, Debug)]
pub enum Open {
    /// To begin.
    Init,
    /// A request, by its word.
    Request(&'static str),
    /// A client's operation, by its number.
    Operation(u64),
}

/// Why a line means nothing.
type Wrong = String;

impl Reader {
    /// Reads a line into the effects of the host; the last one upon a line breaks.
    ///
    /// # Errors
    /// If it means nothing.
    pub fn read(&mut self, line: &[u8], host: &mut Host) -> Result<ControlFlow<()>, Broken> {
        let wrong = |why: Wrong| Broken::rubbish(line, why);
        let envelope =
            Envelope::read(line).map_err(|error| wrong(format!("which is no message: {error}")))?;
        if &*envelope.dest == HARNESS {
            return self.hear(&envelope, host).map_err(wrong);
        }
        let to = &*envelope.dest;
        match (to.parse::<NodeId>(), to.parse()) {
            (Ok(to), _) => {
                let (network, frame) = self.frame(&envelope, host).map_err(wrong)?;
                host.effects.list.push(Effect::Send { to, network, frame });
            }
            (_, Ok(group)) if !host.members(group).is_empty() => {
                let (network, frame) = self.frame(&envelope, host).map_err(wrong)?;
                host.effects.list.push(Effect::GroupSend { group, network, frame });
            }
            _ if to == REGISTERS && self.has_registers => {
                self.write(&envelope, host).map_err(wrong)?;
            }
            _ => match envelope.head().in_reply_to {
                Some(number) => self.answer(number, &envelope, host).map_err(wrong)?,
                None => breach(
                    host,
                    Breach::UnknownDestination,
                    format!("sent to {to}, which does not exist"),
                ),
            },
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The frame that a body is, among those of the running handler, and over which network it goes.
    fn frame(
        &self,
        envelope: &Envelope<'_>,
        host: &mut Host,
    ) -> Result<(NetworkId, Range<u32>), Wrong> {
        let body = envelope.body.get();
        let Some(mouthpiece) = &self.mouthpiece else {
            return Ok((NetworkId::PAYLOAD, put(host, body.as_bytes())));
        };
        match mouthpiece.frame(body) {
            Ok((network, frame)) => Ok((network, put(host, &frame))),
            Err(garbled) => Err(format!("which is no frame of this implementation: {garbled}")),
        }
    }

    /// A write to the registers: every server reads it.
    fn write(&self, envelope: &Envelope<'_>, host: &mut Host) -> Result<(), Wrong> {
        if let Err((what, why)) = may_write(self.features, envelope) {
            breach(host, what, why.to_owned());
            return Ok(());
        }
        let (_, frame) = self.frame(envelope, host)?;
        let (group, network) = (readers(host), NetworkId::CONTROLLED);
        host.effects.list.push(Effect::GroupSend { group, network, frame });
        Ok(())
    }

    /// A word to the harness, or an answer to it.
    fn hear(&mut self, envelope: &Envelope<'_>, host: &mut Host) -> Result<ControlFlow<()>, Wrong> {
        if let Head { in_reply_to: Some(number), .. } = envelope.head() {
            self.answer(number, envelope, host)?;
            return Ok(ControlFlow::Continue(()));
        }
        let told: Told = match serde_json::from_str(envelope.body.get()) {
            Ok(told) => told,
            Err(error) => return Err(format!("which says nothing to the harness: {error}")),
        };
        if told == Told::Done {
            return Ok(ControlFlow::Break(()));
        }
        if let Err(why) = self.sense.check(&told) {
            breach(host, Breach::Senseless, why);
            return Ok(ControlFlow::Continue(()));
        }
        let effect = self.effect(told)?;
        host.effects.list.push(effect);
        Ok(ControlFlow::Continue(()))
    }

    /// An answer to something that was asked; one to nothing is told.
    fn answer(
        &mut self,
        number: i64,
        envelope: &Envelope<'_>,
        host: &mut Host,
    ) -> Result<(), Wrong> {
        let body = envelope.body.get();
        match self.open.remove(&number) {
            Some(Open::Init) => self.begin(body),
            Some(Open::Request(word)) => {
                host.effects.list.extend(refusal(word, body));
                Ok(())
            }
            Some(Open::Operation(operation)) => {
                let result = result(body)?;
                let value = Message { id: MessageId::default(), body: Body::new(&result) };
                let respond = Indication::Respond { operation, value };
                host.effects.list.push(Effect::Indicate(respond));
                Ok(())
            }
            None => {
                let text = format!("answered {number}, which is no open request");
                breach(host, Breach::StrayAnswer, text);
                Ok(())
            }
        }
    }

    fn begin(&mut self, body: &str) -> Result<(), Wrong> {
        let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        if body["type"] != "init_ok" {
            return Err("which is no init_ok".to_owned());
        }
        self.features = Features::read(&body, &offer(&OFFERED, self.has_registers))?;
        self.ready = true;
        Ok(())
    }

    fn effect(&mut self, told: Told) -> Result<Effect, Wrong> {
        if told.needs_timer() && !self.features.timer {
            return Err("but has not asked for the feature \"timer\"".to_owned());
        }
        Ok(match told {
            Told::SetTimer { timer, after } => {
                Effect::SetTimer(self.timers.timer(&timer), Span(after))
            }
            Told::CancelTimer { timer } => Effect::CancelTimer(self.timers.timer(&timer)),
            Told::Store { key, value } => {
                if !self.features.storage {
                    return Err("but has not asked for the feature \"storage\"".to_owned());
                }
                let (key, bytes) = self.disk.write(key, value);
                Effect::Store(key, bytes)
            }
            Told::Note { text } => Effect::Note(text),
            other => Effect::Indicate(self.indication(other)?),
        })
    }

    fn indication(&self, told: Told) -> Result<Indication<Message>, Wrong> {
        Ok(match told {
            Told::Deliver { id, payload, group, slot, .. } => {
                let message = named(&id, &text(&payload));
                let group = group_id(group.as_deref()).ok_or("which names no group")?;
                Indication::Deliver(Delivery { from: message.id.origin, group, message, slot })
            }
            Told::Discard { id } => Indication::Discard(named(&id, "")),
            Told::View { view, members, group, primary, transitional } => Indication::View(View {
                id: view_id(&view).ok_or("which names no view: views are 7 or \"7.n2\"")?,
                group: group_id(group.as_deref()).ok_or("which names no group")?,
                members: self.all_nodes(&members)?,
                primary: primary.unwrap_or(true),
                transitional: transitional.map(|names| self.all_nodes(&names)).transpose()?,
            }),
            Told::Block { view, group } => Indication::Block(
                group_id(group.as_deref()).ok_or("which names no group")?,
                view_id(&view).ok_or("which names no view")?,
            ),
            Told::Safe { id } => Indication::Safe(named(&id, "")),
            Told::StateGet(taken) => self.snapshot(SnapshotTurn::Taken, taken)?,
            Told::StateSet(taken) => self.snapshot(SnapshotTurn::Installed, taken)?,
            Told::StateHash { id, slot, hash } => {
                let value = named(&id.unwrap_or_default(), "");
                Indication::StateHash(Box::new(StateHash { value, slot, hash }))
            }
            Told::Suspect { target, .. } => Indication::Suspect(self.node(&target)?),
            Told::Trust { target } => Indication::Trust(self.node(&target)?),
            Told::Lead { epoch } => Indication::Lead { epoch },
            Told::Unlead { epoch } => Indication::Unlead { epoch },
            Told::Decide { instance, value } => Indication::Decide {
                instance,
                value: Message { body: Body::new(text(&value).as_bytes()), ..Message::default() },
            },
            Told::Respond { op_id, result } => Indication::Respond {
                operation: op_id,
                value: Message { body: Body::new(text(&result).as_bytes()), ..Message::default() },
            },
            Told::Apply { client, op_id, op, result } => Indication::Apply(Box::new(Applied {
                client: self.node(&client)?,
                operation: op_id,
                op: Message { body: Body::new(text(&op).as_bytes()), ..Message::default() },
                result: Message { body: Body::new(text(&result).as_bytes()), ..Message::default() },
            })),
            Told::Token { what, epoch } => Indication::Token { turn: turn(&what)?, epoch },
            Told::Done
            | Told::Note { .. }
            | Told::SetTimer { .. }
            | Told::CancelTimer { .. }
            | Told::Store { .. } => return Err("which is out of place".to_owned()),
        })
    }

    fn snapshot(&self, turn: SnapshotTurn, taken: Taken) -> Result<Indication<Message>, Wrong> {
        let view = |view| view_id(&view).ok_or("which names no view");
        Ok(Indication::Snapshot(Box::new(Snapshot {
            turn,
            from: self.node(&taken.from)?,
            view: taken.view.map(view).transpose()?,
            slot: taken.slot,
            covers: taken.set.iter().map(|name| named(name, "")).collect(),
            hash: taken.hash.unwrap_or_default(),
        })))
    }

    fn all_nodes(&self, names: &[String]) -> Result<Vec<NodeId>, Wrong> {
        names.iter().map(|name| self.node(name)).collect()
    }

    fn node(&self, name: &str) -> Result<NodeId, Wrong> {
        let node = name.parse::<NodeId>().ok().filter(|node| node.index() < self.nodes);
        node.ok_or_else(|| format!("where \"{name}\" is no node"))
    }
}

/// The group that reads the registers: the servers, or everybody.
fn readers(host: &Host) -> GroupId {
    GroupId(host.groups.len().saturating_sub(1) as u32)
}

fn breach(host: &mut Host, breach: Breach, text: String) {
    host.effects.list.push(Effect::Breach(breach.word(), text));
}

/// Puts a frame among those of the running handler.
fn put(host: &mut Host, frame: &[u8]) -> Range<u32> {
    let start = host.effects.bytes.len() as u32;
    host.effects.bytes.extend_from_slice(frame);
    start..host.effects.bytes.len() as u32
}

fn named(name: &str, body: &str) -> Message {
    let id = name.parse().unwrap_or_else(|_| stranger(name));
    Message { id, body: Body::new(body.as_bytes()) }
}

fn turn(what: &str) -> Result<TokenTurn, Wrong> {
    use TokenTurn::{Acquire, Lost, New, Release};
    let turn = [New, Acquire, Release, Lost].into_iter().find(|turn| turn.word() == what);
    turn.ok_or_else(|| format!("where \"{what}\" is nothing to do with a token"))
}

/// An error as an answer.
#[derive(Deserialize)]
struct Refusal {
    code: i64,
    #[serde(default)]
    text: Option<String>,
}

/// "Not supported", by its code.
const NOT_SUPPORTED: i64 = 10;

/// What an answer to a request means: nothing, unless it is an error.
fn refusal(word: &'static str, body: &str) -> Option<Effect> {
    let head: Head<'_> = serde_json::from_str(body).ok()?;
    if head.kind != "error" {
        return None;
    }
    Some(match serde_json::from_str(body) {
        Ok(Refusal { code: NOT_SUPPORTED, .. }) => Effect::Refuse(word),
        Ok(Refusal { code, text }) => {
            let text = text.map(|text| format!(": {text}")).unwrap_or_default();
            Effect::Note(format!("answered \"{word}\" with error {code}{text}"))
        }
        Err(_) => Effect::Note(format!("answered \"{word}\" with an error without a code")),
    })
}

/// The answer to a client's operation as histories have it: without the reserved keys, and its
/// type by the key `f`.
fn result(body: &str) -> Result<Vec<u8>, Wrong> {
    let body: Map<String, Value> =
        serde_json::from_str(body).map_err(|_| "which is no answer".to_owned())?;
    let mut result = Map::new();
    result.insert("f".to_owned(), body.get("type").cloned().unwrap_or_default());
    let reserved = ["type", "msg_id", "in_reply_to"];
    result.extend(body.into_iter().filter(|(key, _)| !reserved.contains(&key.as_str())));
    Ok(Value::from(result).to_string().into_bytes())
}
