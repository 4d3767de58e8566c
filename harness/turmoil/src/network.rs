//! The network above the sockets: latencies, harms, cuts, and the fence between incarnations.
//!
//! turmoil's own latency is exponential and its `fail_rate` breaks links instead of losing
//! messages, so that both stay unused: a frame crosses the socket in one tick, and waits at its
//! receiver for the rest of its latency.

use crate::clock::TICK;
use crate::flights::{Flight, Label, Passage};
use crate::nodes::Happening;
use crate::wire::Wire;
use crate::world::World;
use pepperland_core::contract::Effect;
use pepperland_core::history::{Channel, EventId, Kind, Transmission};
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::runtime::{Detail, State};
use pepperland_core::schedule::{Harm, InFlight, Transit};
use pepperland_core::time::{Span, Time};
use std::cmp::Reverse;

impl World {
    /// Puts a frame on its way, as the network and the disturbances at work will have it.
    pub fn send(
        &mut self,
        (from, to, network): (NodeId, NodeId, NetworkId),
        frame: &[u8],
        cause: Option<EventId>,
        wire: &mut dyn Wire,
    ) {
        if to.index() >= self.nodes.len() {
            return self.note(from, &format!("sent to {to}, which does not exist"), cause);
        }
        if frame.len() > wire.capacity() {
            let text = format!("a frame of {} bytes is too long for a datagram", frame.len());
            return self.note(from, &text, cause);
        }
        self.frames_sent += 1;
        let transit = self.transit(from, to);
        let mut passage = Passage {
            from,
            to,
            network,
            from_incarnation: self.nodes[from.index()].host.incarnation,
            to_incarnation: self.nodes[to.index()].host.incarnation,
            id: self.frames_sent,
            number: transit.number,
            cause,
        };
        let told = self.record_sending(&mut passage, frame);
        let latency = transit.latency(self.schedule.header.seed, &self.schedule.header.network);
        if !self.disturbances.at_work() {
            return self.launch(passage, told, latency, frame, wire);
        }
        self.send_through_harm(passage, told, &transit, latency, frame.to_vec(), wire);
    }

    fn transit(&mut self, from: NodeId, to: NodeId) -> Transit {
        let count = &mut self.carried[from.index() * self.nodes.len() + to.index()];
        *count += 1;
        Transit { from, to, number: *count }
    }

    fn send_through_harm(
        &mut self,
        passage: Passage,
        told: Option<Transmission>,
        transit: &Transit,
        mut latency: Span,
        mut frame: Vec<u8>,
        wire: &mut dyn Wire,
    ) {
        let schedule = self.schedule();
        for (index, harm) in self.disturbances.harm(&schedule, transit) {
            self.recorder.harm(self.now, &schedule, index);
            match harm {
                Harm::Lost => return self.record_loss(&passage, told, "loss"),
                Harm::Late(by) => latency = latency + by,
                Harm::Doubled(by) => {
                    self.launch(passage, told.clone(), latency + by, &frame, wire);
                }
                Harm::Corrupted(bit) => flip(&mut frame, bit),
            }
        }
        let (from, to) = (passage.from, passage.to);
        let Some(cut) = self.disturbances.cut(&schedule, from, to) else {
            return self.launch(passage, told, latency, &frame, wire);
        };
        cut.touched += 1;
        if schedule.header.network.channel != Channel::Perfect {
            return self.record_loss(&passage, told, "cut");
        }
        let label = self.flights.add(passage, told);
        cut.held.push(label.place);
        wire.put(to, label, &frame);
    }

    /// The frame is to arrive after this latency. One to the sender itself needs no socket.
    fn launch(
        &mut self,
        passage: Passage,
        told: Option<Transmission>,
        latency: Span,
        frame: &[u8],
        wire: &mut dyn Wire,
    ) {
        let label = self.flights.add(passage, told);
        self.plan(passage.to, self.now + latency, Happening::Arrive(label.place));
        if passage.from == passage.to {
            self.land(label, frame);
        } else {
            wire.put(passage.to, label, frame);
        }
    }

    /// A socket has brought a frame.
    pub fn land(&mut self, label: Label, frame: &[u8]) {
        let Some(flight) = self.flights.find(label) else { return };
        flight.bytes.extend_from_slice(frame);
        flight.landed = true;
        let Some((at, turn)) = flight.late.take() else { return };
        let to = flight.passage.to;
        self.flights.late -= 1;
        let entry = (at, turn, Happening::Arrive(label.place));
        self.nodes[to.index()].own.agenda.push(Reverse(entry));
    }

    /// A frame is due at a node that is up.
    pub fn arrive(&mut self, place: u32, turn: (Time, u32), wire: &mut dyn Wire) {
        if !self.admit(place) {
            return;
        }
        if !self.flights.at(place).landed {
            return self.flights.is_late(place, turn);
        }
        if self.disturbances.at_work() && !self.pass_cuts(place) {
            return;
        }
        let Passage { from, to, network, .. } = self.flights.at(place).passage;
        let cause = self.record_receipt(place);
        let frame = self.flights.take_bytes(place);
        self.flights.free(place);
        self.handle(to, cause, wire, |node, host| {
            host.arrived_over = network;
            if node.receive(from, &frame, host).is_err() {
                let text = format!("a frame from {from} was garbled");
                host.effects.list.push(Effect::Note(text));
            }
        });
        self.flights.put_back(place, frame);
    }

    /// A frame is due at a node that is down.
    pub fn turn_away(&mut self, place: u32) {
        let admitted = self.admit(place);
        assert!(!admitted, "a node that is down takes no frame");
    }

    /// Late frames that will never come are lost: those to a node that is down, and those that
    /// were still waiting for a connection when their sender crashed.
    pub fn give_up_late(&mut self) {
        let last_chance = Time(self.now.0.saturating_sub(3 * TICK.0));
        for (place, due) in self.flights.late_ones() {
            let passage = self.flights.at(place).passage;
            let sender = &self.nodes[passage.from.index()];
            let unsent =
                sender.host.incarnation != passage.from_incarnation || sender.state == State::Down;
            if self.admit(place) && unsent && due <= last_chance {
                self.lose(place, "sender crashed");
            }
        }
    }

    /// Whether the frame may enter the node it has arrived at.
    fn admit(&mut self, place: u32) -> bool {
        let passage = self.flights.at(place).passage;
        let sender = &self.nodes[passage.from.index()];
        let receiver = &self.nodes[passage.to.index()];
        let sender_gone =
            sender.state == State::Down || sender.host.incarnation != passage.from_incarnation;
        let fenced =
            receiver.state == State::Down || receiver.host.incarnation != passage.to_incarnation;
        if sender_gone && self.schedule.header.network.in_flight == InFlight::Lost {
            self.lose(place, "sender crashed");
            return false;
        }
        if fenced {
            self.lose(place, "receiver down");
        }
        !fenced
    }

    /// Whether no cut is at work on the frame's link. A perfect channel holds the frame until the
    /// cut heals; any other loses it.
    fn pass_cuts(&mut self, place: u32) -> bool {
        let schedule = self.schedule();
        let passage = self.flights.at(place).passage;
        let Some(cut) = self.disturbances.cut(&schedule, passage.from, passage.to) else {
            return true;
        };
        cut.touched += 1;
        if schedule.header.network.channel == Channel::Perfect {
            cut.held.push(place);
        } else {
            self.lose(place, "cut");
        }
        false
    }

    /// A frame that a cut held goes on, unless another cut holds it.
    pub fn release(&mut self, place: u32) {
        if !self.pass_cuts(place) {
            return;
        }
        let Passage { from, to, number, .. } = self.flights.at(place).passage;
        let header = &self.schedule.header;
        let transit = Transit { from, to, number };
        let latency = transit.latency(header.seed.child("held", 0), &header.network);
        self.plan(to, self.now + latency, Happening::Arrive(place));
    }

    /// A frame is lost on its way.
    pub fn lose(&mut self, place: u32, why: &str) {
        let flight = self.flights.at_mut(place);
        let (passage, told) = (flight.passage, flight.told.take());
        self.record_loss(&passage, told, why);
        self.flights.free(place);
    }

    fn record_sending(&mut self, passage: &mut Passage, frame: &[u8]) -> Option<Transmission> {
        if self.detail != Detail::Network {
            return None;
        }
        let Passage { from, to, id, cause, .. } = *passage;
        let told = self.recorder.describe(&*self.nodes[from.index()].node, to, id, frame);
        let now = self.now;
        let event = self.recorder.transmission(now, from, Kind::Send, told.clone(), cause);
        passage.cause = Some(event);
        Some(told)
    }

    fn record_receipt(&mut self, place: u32) -> Option<EventId> {
        let Flight { passage: Passage { from, to, id, cause, .. }, bytes, .. } =
            self.flights.at(place);
        let (from, to, cause) = (*from, *to, *cause);
        if self.detail != Detail::Network {
            return cause;
        }
        let told = self.recorder.describe(&*self.nodes[to.index()].node, from, *id, bytes);
        Some(self.recorder.transmission(self.now, to, Kind::Recv, told, cause))
    }

    fn record_loss(&mut self, passage: &Passage, told: Option<Transmission>, why: &str) {
        if let Some(mut told) = told {
            told.why = Some(why.into());
            let Passage { from, cause, .. } = *passage;
            self.recorder.transmission(self.now, from, Kind::Drop, told, cause);
        }
    }
}

/// Changes one bit of a frame.
fn flip(frame: &mut [u8], bit: u64) {
    if !frame.is_empty() {
        let bit = bit % (frame.len() as u64 * 8);
        frame[(bit / 8) as usize] ^= 1 << (bit % 8);
    }
}
