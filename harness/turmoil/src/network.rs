//! The network above the sockets: arrivals, cuts, and the fence between incarnations.
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
use pepperland_core::id::NodeId;
use pepperland_core::runtime::{Detail, State};
use pepperland_core::schedule::{InFlight, Transit};
use pepperland_core::time::Time;
use std::cmp::Reverse;

impl World {
    /// A node's socket has brought a frame with this label, perhaps that of another's copy.
    pub fn land(&mut self, at: NodeId, label: Label, frame: &[u8]) {
        let Some(flight) = self.flights.find(label) else { return };
        if flight.passage.to != at {
            return;
        }
        let instead = flight.instead.take();
        flight.bytes.extend_from_slice(instead.as_deref().unwrap_or(frame));
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
        self.receive(place, wire);
    }

    /// A node takes a frame that nothing has kept from it.
    pub fn receive(&mut self, place: u32, wire: &mut dyn Wire) {
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
        let transit = Transit::of_payload(from, to, number);
        let latency = self.schedule.latency_once_healed(&transit, self.now);
        self.plan(to, self.now + latency, Happening::Arrive(place));
    }

    /// A frame is lost on its way.
    pub fn lose(&mut self, place: u32, why: &str) {
        let flight = self.flights.at_mut(place);
        let (passage, told) = (flight.passage, flight.told.take());
        self.record_loss(&passage, told, why);
        self.flights.free(place);
    }

    fn record_receipt(&mut self, place: u32) -> Option<EventId> {
        let Flight { passage: Passage { from, to, network, id, cause, .. }, bytes, .. } =
            self.flights.at(place);
        let (from, to, network, cause) = (*from, *to, *network, *cause);
        if self.detail != Detail::Network {
            return cause;
        }
        let mut told = self.recorder.describe(&*self.nodes[to.index()].node, from, *id, bytes);
        if self.schedule.header.controls(network) {
            told.network = network;
        }
        Some(self.recorder.transmission(self.now, to, Kind::Recv, told, cause))
    }

    pub fn record_loss(&mut self, passage: &Passage, told: Option<Transmission>, why: &str) {
        if let Some(mut told) = told {
            told.why = Some(why.into());
            let Passage { from, cause, .. } = *passage;
            self.recorder.transmission(self.now, from, Kind::Drop, told, cause);
        }
    }
}
