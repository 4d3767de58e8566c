//! A node behind its pipes and sockets: what a line or a frame makes it do.

use crate::node::Stopped;
use crate::node::disk::key_name;
use crate::node::effects::{timer_name, timer_of, told};
use crate::node::frame::Frame;
use crate::node::part::Part;
use crate::node::pen::Pen;
use crate::node::request::{Answer, request};
use crate::node::sockets::Came;
use crate::node::surroundings::Surroundings;
use crate::node::timers::now;
use crate::wire::Head;
use crate::words::{Asked, Init, Numbered, REGISTERS, Told};
use nix::poll::PollFd;
use pepperland_core::contract::{Effect, Garbled, Host, Indication, Node, StableKey};
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::runtime::{CARRIES_WRITES_ALONE, Guarded};
use pepperland_core::time::{Span, Time};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

/// A node behind its pipes.
pub struct Served<W> {
    node: Box<Guarded>,
    host: Host,
    life: Surroundings,
    pen: Pen<W>,
    /// Whether there are registers to be written to.
    has_registers: bool,
}

/// A line to the node.
#[derive(Deserialize)]
struct Given<'a> {
    #[serde(borrow)]
    src: Cow<'a, str>,
    #[serde(default)]
    time: Option<u64>,
    #[serde(borrow)]
    body: &'a RawValue,
}

impl<W: Write> Served<W> {
    /// A node that has read its first line, and answered it.
    ///
    /// # Errors
    /// If that line is no sensible `init`, or the pipes or the disk fail.
    pub fn begin(
        line: &[u8],
        part: &Part<'_>,
        output: W,
        folder: &Path,
    ) -> Result<Served<W>, Stopped> {
        let (given, init, number) = read_init(line)?;
        let (life, host) = Surroundings::of(&init, folder)?;
        let nodes = init.node_ids.len();
        let max_latency = Span(init.max_latency);
        let register_latency = init.register_latency.map_or(Setup::REGISTER_LATENCY, Span);
        let flaw = part.flaw;
        let setup = Setup { node: host.me, nodes, flaw, max_latency, register_latency };
        let node = Guarded::new(part.build, &setup);
        let mut pen = Pen::new(init.node_id.clone(), !init.addresses.is_empty(), output);
        let features = life.features(&init, part);
        let ok = json!({"type": "init_ok", "in_reply_to": number, "features": features});
        pen.write(&given.src, &ok);
        let mut served =
            Served { node, host, life, pen, has_registers: init.register_latency.is_some() };
        served.run(served.life.read_clock(given.time), None, |node, host| {
            match host.incarnation {
                0 => node.start(host),
                _ => node.recover(host),
            }
        })?;
        Ok(served)
    }

    /// Does what a line makes the node do.
    ///
    /// # Errors
    /// If the pipes or the disk fail.
    pub fn hear(&mut self, line: &[u8]) -> Result<(), Stopped> {
        let Ok(given) = serde_json::from_slice::<Given<'_>>(line) else {
            self.remark("read a line that is no message");
            return self.finish();
        };
        let at = self.life.read_clock(given.time);
        match given.src.parse() {
            Ok(from) => {
                let frame = Frame::read(&*self.node, given.body.get());
                self.receive(at, from, frame)
            }
            Err(_) => self.asked(at, &given.src, given.body.get()),
        }
    }

    /// Does what timers make it do that have run out.
    ///
    /// # Errors
    /// If the pipes or the disk fail.
    pub fn time_out(&mut self) -> Result<(), Stopped> {
        while let Surroundings::Real(own) = &mut self.life {
            let at = now();
            let Some(timer) = own.timers.expired(at) else { break };
            self.run(at, None, |node, host| node.timeout(timer, host))?;
        }
        Ok(())
    }

    /// How long to wait for a line at most.
    pub fn patience(&self) -> Option<Span> {
        self.life.patience()
    }

    /// The sockets that are to be waited for beside the lines.
    pub fn watch<'a>(&'a self, watched: &mut Vec<PollFd<'a>>) {
        if let Some(sockets) = self.life.sockets() {
            sockets.watch(watched);
        }
    }

    /// Reads what has come to its sockets, and does what that makes it do.
    ///
    /// # Errors
    /// If the pipes or the disk fail.
    pub fn hear_sockets(&mut self) -> Result<(), Stopped> {
        let Some(sockets) = self.life.sockets_mut() else { return Ok(()) };
        // What the node sends itself meanwhile waits for its turn.
        for came in sockets.take_all(now()) {
            match came {
                // Who changes a frame on its way must not make a write of it.
                Came::Frame { from, network: NetworkId::CONTROLLED, .. } if self.has_registers => {
                    self.remark(&format!("a frame from {from} was garbled"));
                    self.finish()?;
                }
                Came::Frame { from, network, bytes } => {
                    self.receive(now(), from, Ok((network, bytes)))?;
                }
                Came::Remark(text) => {
                    self.remark(&text);
                    self.finish()?;
                }
            }
        }
        Ok(())
    }

    fn receive(
        &mut self,
        at: Time,
        from: NodeId,
        frame: Result<(NetworkId, Vec<u8>), Garbled>,
    ) -> Result<(), Stopped> {
        self.run(at, None, |node, host| {
            let received = frame.and_then(|(network, bytes)| {
                host.arrived_over = network;
                node.receive(from, &bytes, host)
            });
            if let Err(Garbled) = received {
                host.effects.list.push(Effect::Note(format!("a frame from {from} was garbled")));
            }
        })
    }

    fn asked(&mut self, at: Time, src: &str, body: &str) -> Result<(), Stopped> {
        let Ok(Numbered { asked, msg_id }) = serde_json::from_str(body) else {
            let head: Head<'_> = serde_json::from_str(body).unwrap_or_default();
            match head.msg_id {
                Some(number) => self.pen.write(src, &error(number, 10, "no such request")),
                None => self.remark("read a body that asks for nothing"),
            }
            return self.finish();
        };
        if let Asked::Timer { timer } = &asked {
            return match timer_of(timer) {
                Some(timer) => self.run(at, None, |node, host| node.timeout(timer, host)),
                None => {
                    self.remark("a timer ran out that was never set");
                    self.finish()
                }
            };
        }
        let Some(asked) = request(asked, self.host.me) else {
            if let Some(number) = msg_id {
                self.pen.write(src, &error(number, 12, "malformed request"));
            }
            return self.finish();
        };
        let word = asked.name();
        let answer = msg_id.map(|number| Answer { to: src.to_owned(), number, word });
        self.run(at, answer, |node, host| node.request(asked, host))
    }

    /// Runs a handler, performs its effects in order, and answers.
    fn run(
        &mut self,
        at: Time,
        mut answer: Option<Answer>,
        handler: impl FnOnce(&mut dyn Node, &mut Host),
    ) -> Result<(), Stopped> {
        self.host.now = at;
        handler(&mut *self.node, &mut self.host);
        let effects = std::mem::take(&mut self.host.effects);
        let mut rest = effects.list.iter().peekable();
        while let Some(effect) = rest.next() {
            match effect {
                Effect::Store(key, bytes) => {
                    let logged = rest.next_if(|next| is_delivery(next)).and_then(indicated);
                    self.store(*key, bytes, logged)?;
                }
                Effect::Send { to, network, frame } => {
                    self.send(*to, *network, effects.frame(frame))?;
                }
                Effect::GroupSend { group, network, frame } => {
                    self.send_group(*group, *network, effects.frame(frame))?;
                }
                other => self.perform(other.clone(), &mut answer)?,
            }
        }
        if let Some(Answer { to, number, word }) = answer {
            self.pen.write(&to, &json!({"type": format!("{word}_ok"), "in_reply_to": number}));
        }
        self.finish()
    }

    fn send(&mut self, to: NodeId, network: NetworkId, bytes: &[u8]) -> Result<(), Stopped> {
        if self.has_registers && network == NetworkId::CONTROLLED {
            self.remark(CARRIES_WRITES_ALONE);
            return Ok(());
        }
        let Some(sockets) = self.life.sockets_mut() else {
            self.write(&to.to_string(), network, bytes);
            return Ok(());
        };
        // Whoever receives it must not be known to have before what was told here earlier.
        self.pen.flush()?;
        sockets.send(to, network, bytes, now());
        Ok(())
    }

    /// In virtual time a group has a name that can be sent to, as a multicast address can; on lines
    /// in real time it is its members.
    fn send_group(
        &mut self,
        group: GroupId,
        network: NetworkId,
        bytes: &[u8],
    ) -> Result<(), Stopped> {
        let members = self.host.members(group);
        if self.has_registers && network == NetworkId::CONTROLLED {
            self.write(REGISTERS, network, bytes);
            return Ok(());
        }
        if let Some(sockets) = self.life.sockets_mut() {
            self.pen.flush()?;
            sockets.send_group((group, &members), network, bytes, now());
        } else if self.life.is_virtual() {
            self.write(&group.to_string(), network, bytes);
        } else {
            members.iter().for_each(|to| self.write(&to.to_string(), network, bytes));
        }
        Ok(())
    }

    /// A frame as a line.
    fn write(&mut self, to: &str, network: NetworkId, bytes: &[u8]) {
        self.pen.write(to, &Frame::write(&*self.node, network, bytes));
    }

    fn perform(&mut self, effect: Effect, answer: &mut Option<Answer>) -> Result<(), Stopped> {
        match (effect, &mut self.life) {
            (Effect::Indicate(view @ Indication::View(_)), _) => self.pen.tell_view(&told(view)),
            (Effect::Indicate(indication), _) => self.pen.tell(&told(indication)),
            (Effect::SetTimer(timer, after), Surroundings::Virtual) => {
                self.pen.tell(&Told::SetTimer { timer: timer_name(timer), after: after.0 });
            }
            (Effect::CancelTimer(timer), Surroundings::Virtual) => {
                self.pen.tell(&Told::CancelTimer { timer: timer_name(timer) });
            }
            (Effect::SetTimer(timer, after), Surroundings::Real(own)) => {
                own.timers.set(timer, self.host.now + after);
            }
            (Effect::CancelTimer(timer), Surroundings::Real(own)) => own.timers.cancel(timer),
            (Effect::Refuse(word), _) => match answer.take_if(|answer| answer.word == word) {
                Some(Answer { to, number, .. }) => {
                    self.pen.write(&to, &error(number, 10, "no layer offers it"));
                }
                None => self.remark(&format!("no layer offers \"{word}\"")),
            },
            (Effect::Note(text) | Effect::Breach(_, text), _) => self.remark(&text),
            (Effect::Send { .. } | Effect::GroupSend { .. } | Effect::Store(..), _) => {}
        }
        Ok(())
    }

    /// Stores a value. A delivery that follows at once is one with its entry in the log: a kill that
    /// falls between the two finds as little between them as there can be.
    fn store(
        &mut self,
        key: StableKey,
        bytes: &[u8],
        delivery: Option<Told>,
    ) -> Result<(), Stopped> {
        match &mut self.life {
            Surroundings::Virtual => {
                let value = Value::from(bytes.to_vec());
                self.pen.tell(&Told::Store { key: key_name(key), value });
                delivery.iter().for_each(|delivery| self.pen.tell(delivery));
            }
            Surroundings::Real(own) => {
                // What was told before must not be forgotten by a crash that remembers this.
                self.pen.flush_but_views()?;
                let written = own.disk.write_beside(key, bytes)?;
                delivery.iter().for_each(|delivery| self.pen.tell(delivery));
                self.pen.flush_but_views()?;
                written.put_in_place()?;
            }
        }
        Ok(())
    }

    fn remark(&mut self, text: &str) {
        self.pen.tell(&Told::Note { text: text.to_owned() });
    }

    /// All that a line made the node write has been written.
    fn finish(&mut self) -> Result<(), Stopped> {
        if self.life.is_virtual() {
            self.pen.tell(&Told::Done);
        }
        Ok(self.pen.flush()?)
    }
}

fn is_delivery(effect: &Effect) -> bool {
    matches!(effect, Effect::Indicate(Indication::Deliver(_)))
}

fn indicated(effect: &Effect) -> Option<Told> {
    match effect {
        Effect::Indicate(indication) => Some(told(indication.clone())),
        _ => None,
    }
}

fn error(number: i64, code: u32, text: &str) -> Value {
    json!({"type": "error", "in_reply_to": number, "code": code, "text": text})
}

fn read_init(line: &[u8]) -> Result<(Given<'_>, Init, i64), Stopped> {
    let not_init = |error: serde_json::Error| Stopped::NotInit(error.to_string());
    let given: Given<'_> = serde_json::from_slice(line).map_err(not_init)?;
    match serde_json::from_str(given.body.get()).map_err(not_init)? {
        Numbered { asked: Asked::Init(init), msg_id: Some(number) } => Ok((given, *init, number)),
        _ => Err(Stopped::NotInit("it must have a msg_id and say who the node is".to_owned())),
    }
}
