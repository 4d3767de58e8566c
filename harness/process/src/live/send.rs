//! Messages between nodes, and what the network does to them.

use crate::live::agenda::Happening;
use crate::live::json::{changed, text};
use crate::live::node::State;
use crate::live::record::Contents;
use crate::live::world::World;
use crate::wire::Breach;
use crate::wire::{Envelope, Head, over_network};
use pepperland_core::history::{Channel, EventId};
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::runtime::{Outcome, Saying};
use pepperland_core::schedule::{Harm, InFlight, Transit};
use pepperland_core::time::Span;
use serde_json::value::RawValue;
use std::sync::Arc;

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub from: NodeId,
    pub to: NodeId,
    pub network: NetworkId,
    pub from_incarnation: u32,
    pub to_incarnation: u32,
    /// The how-manieth on its link.
    pub number: u32,
    /// The how-manieth of the run.
    pub id: u64,
    pub kind: Arc<str>,
    /// In whose name it is sent: its sender's, or that of a client whose request is passed on.
    pub src: Arc<str>,
    pub body: Arc<RawValue>,
    /// What the history tells of its contents.
    pub contents: Arc<Contents>,
    pub cause: Option<EventId>,
}

impl Parcel {
    /// Its link, and its number there; of a write, its writer's number for it.
    pub fn transit(&self) -> Transit {
        let Parcel { from, to, network, number, .. } = *self;
        Transit { from, to, network, number }
    }
}

impl World<'_> {
    /// Puts a message on its way, as the network and the disturbances at work will have it.
    pub fn send(&mut self, from: NodeId, to: NodeId, envelope: &Envelope<'_>, head: &Head<'_>) {
        let transit = self.next_on_link(from, to);
        let mut parcel = self.parcel(transit, envelope, head);
        self.record_sending(&mut parcel);
        let tongue = self.tongues.of(from, transit.network);
        let frame = parcel.body.get().as_bytes();
        self.lies.hear(&Saying { transit, frame, tongue: &*tongue });
        drop(tongue);
        let (mut latency, mut besides) = (self.schedule.latency(&transit, self.now), Vec::new());
        for (index, harm) in self.disturbances.harm(self.schedule, &transit, self.now) {
            if let Harm::Lied(draw) = harm {
                let tongue = self.tongues.of(from, transit.network);
                let frame = parcel.body.get().as_bytes();
                let saying = Saying { transit, frame, tongue: &*tongue };
                let Some(lie) = self.lies.tell(self.schedule, index, draw, &saying) else {
                    self.disturbances.spare(index);
                    continue;
                };
                drop(tongue);
                let (now, detail) = (self.now, self.detail);
                self.recorder.lie(now, (self.schedule, index), detail, &transit, &lie);
                match lie.outcome {
                    Outcome::Instead(said) => parcel = self.saying(parcel, text(said)),
                    Outcome::Besides(said) => besides.push(text(said)),
                    Outcome::Late(by) => latency = latency + by,
                    Outcome::Nothing => return self.record_loss(&parcel, "withheld"),
                }
                continue;
            }
            self.recorder.harm(self.now, self.schedule, index);
            match harm {
                Harm::Lost => return self.record_loss(&parcel, "loss"),
                // A line that is no JSON could not be handed on: no receiver could read it.
                Harm::Garbled(_) => return self.record_loss(&parcel, "garbled"),
                Harm::Late(by) => latency = latency + by,
                Harm::Doubled(by) => self.put_on_its_way(parcel.clone(), latency + by),
                Harm::Corrupted(draw) => {
                    let body = changed(&parcel.body, draw);
                    parcel = self.saying(parcel, body);
                }
                Harm::Lied(_) => {}
            }
        }
        for body in besides {
            let other = self.saying(parcel.clone(), body);
            self.put_on_its_way(other, latency);
        }
        if let Some(parcel) = self.pass_cuts(parcel) {
            self.put_on_its_way(parcel, latency);
        }
    }

    /// The message, saying this.
    fn saying(&mut self, parcel: Parcel, body: Arc<RawValue>) -> Parcel {
        let contents = self.contents(&body);
        Parcel { body, contents, ..parcel }
    }

    fn next_on_link(&mut self, from: NodeId, to: NodeId) -> Transit {
        let link = from.index() * self.nodes.len() + to.index();
        self.carried[link] += 1;
        Transit::of_payload(from, to, self.carried[link])
    }

    /// A message that a node has written.
    pub fn parcel(&mut self, transit: Transit, envelope: &Envelope<'_>, head: &Head<'_>) -> Parcel {
        self.messages += 1;
        let contents = self.contents(envelope.body);
        let Transit { from, to, network, number } = transit;
        Parcel {
            from,
            to,
            network,
            from_incarnation: self.nodes[from.index()].incarnation,
            to_incarnation: self.nodes[to.index()].incarnation,
            number,
            id: self.messages,
            kind: head.kind.as_ref().into(),
            src: self.signature(from, envelope),
            body: envelope.body.to_owned().into(),
            contents,
            cause: self.nodes[from.index()].last,
        }
    }

    /// A node passes a client's request on in the client's name. Any other name is its own.
    fn signature(&self, from: NodeId, envelope: &Envelope<'_>) -> Arc<str> {
        match self.desk.knows(&envelope.src) {
            true => envelope.src.as_ref().into(),
            false => from.to_string().into(),
        }
    }

    fn put_on_its_way(&mut self, parcel: Parcel, latency: Span) {
        self.count(&parcel);
        self.agenda.plan(self.now + latency, Happening::Arrive(parcel));
    }

    /// A message arrives, unless a crash or a cut is in the way.
    pub fn arrive(&mut self, parcel: Parcel) {
        self.discount(&parcel);
        if let Some(why) = self.fenced(&parcel) {
            return self.record_loss(&parcel, why);
        }
        let Some(parcel) = self.pass_cuts(parcel) else { return };
        self.record_receipt(&parcel);
        self.hand_over(&parcel);
    }

    /// The receiver gets its line. Where there are registers, the harness says what was read there.
    pub fn hand_over(&mut self, parcel: &Parcel) {
        let body = parcel.body.get().as_bytes();
        let controlled = self.schedule.header.controlled;
        match controlled.and_then(|_| over_network(body, parcel.network)) {
            Some(body) => self.write(parcel.to, &parcel.src, &body),
            None => self.write(parcel.to, &parcel.src, &&*parcel.body),
        }
    }

    /// A message is on its way, or held.
    pub fn count(&mut self, parcel: &Parcel) {
        let node = &mut self.nodes[parcel.from.index()];
        let flooded = node.floods();
        node.in_flight += 1;
        node.in_flight_bytes += parcel.body.get().len();
        if node.floods() && !flooded {
            let (count, bytes) = (node.in_flight, node.in_flight_bytes);
            let text = format!("{count} messages of {bytes} bytes are on their way: it must wait");
            self.breach(parcel.from, Breach::Floods, &text);
        }
    }

    /// It is no longer.
    pub fn discount(&mut self, parcel: &Parcel) {
        let node = &mut self.nodes[parcel.from.index()];
        node.in_flight -= 1;
        node.in_flight_bytes -= parcel.body.get().len();
    }

    /// Why a message may not enter the node it has arrived at, if so.
    fn fenced(&self, parcel: &Parcel) -> Option<&'static str> {
        if self.schedule.header.network.in_flight == InFlight::Lost {
            let sender = &self.nodes[parcel.from.index()];
            let lives = sender.incarnation == parcel.from_incarnation;
            if sender.state == State::Down || !lives {
                return Some("sender crashed");
            }
        }
        let receiver = &self.nodes[parcel.to.index()];
        let lives = receiver.incarnation == parcel.to_incarnation;
        (!receiver.lives() || !lives).then_some("receiver down")
    }

    /// The message, if no cut is at work on its link. A perfect channel holds it until the cut
    /// heals; any other loses it.
    fn pass_cuts(&mut self, parcel: Parcel) -> Option<Parcel> {
        let Some(cut) = self.disturbances.cut(self.schedule, parcel.from, parcel.to) else {
            return Some(parcel);
        };
        cut.touched += 1;
        if self.schedule.header.network.channel == Channel::Perfect {
            cut.held.push(parcel.clone());
            self.count(&parcel);
        } else {
            self.record_loss(&parcel, "cut");
        }
        None
    }

    /// A message that a cut held goes on, unless another cut holds it.
    pub fn release(&mut self, parcel: Parcel) {
        self.discount(&parcel);
        let Some(parcel) = self.pass_cuts(parcel) else { return };
        let transit = parcel.transit();
        let latency = self.schedule.latency_once_healed(&transit, self.now);
        self.put_on_its_way(parcel, latency);
    }
}
