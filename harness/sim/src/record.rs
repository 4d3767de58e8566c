//! What a run writes down of frames, of disturbances and of nodes.

use crate::flights::Flight;
use crate::world::World;
use pepperland_core::contract::Indication;
use pepperland_core::history::{EventId, Kind, Transmission};
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::runtime::{Detail, Lie};
use pepperland_core::schedule::Transit;

impl World<'_> {
    /// Any indication but a delivery.
    pub fn record_indication(
        &mut self,
        id: NodeId,
        indication: Indication<Message>,
        cause: Option<EventId>,
    ) -> EventId {
        self.recorder.indication(self.now, id, indication, cause)
    }

    /// A remark at a node.
    pub fn note(&mut self, id: NodeId, text: &str, cause: Option<EventId>) {
        let name = self.name(id);
        match self.is_second(id) {
            true => {
                let notes = format!("notes: {text}");
                self.recorder.remark_of_second_copy(self.now, name, &notes, cause)
            }
            false => self.recorder.note(self.now, name, text, cause),
        };
    }

    /// A liar lied in one message.
    pub fn record_lie(&mut self, index: u32, transit: &Transit, lie: &Lie) {
        self.recorder.lie(self.now, (self.schedule, index), self.detail, transit, lie);
    }

    /// A disturbance harmed a message.
    pub fn record_harm(&mut self, index: u32) {
        self.recorder.harm(self.now, self.schedule, index);
    }

    /// A frame is put on the network.
    pub fn record_sending(&mut self, flight: &mut Flight) {
        if self.detail == Detail::Network {
            let frame = self.transmission(flight, flight.to, flight.from);
            let (at, from, cause) = (self.now, self.name(flight.from), flight.cause);
            flight.cause = Some(self.recorder.transmission(at, from, Kind::Send, frame, cause));
        }
    }

    /// A frame has come from the network.
    pub fn record_receipt(&mut self, flight: &Flight) -> Option<EventId> {
        if self.detail != Detail::Network {
            return None;
        }
        let frame = self.transmission(flight, flight.from, flight.to);
        let to = self.name(flight.to);
        Some(self.recorder.transmission(self.now, to, Kind::Recv, frame, flight.cause))
    }

    /// A frame is lost.
    pub fn record_loss(&mut self, flight: &Flight, why: &str) {
        if self.detail == Detail::Network {
            let mut frame = self.transmission(flight, flight.to, flight.from);
            frame.why = Some(why.into());
            let from = self.name(flight.from);
            self.recorder.transmission(self.now, from, Kind::Drop, frame, flight.cause);
        }
    }

    fn transmission(&mut self, flight: &Flight, peer: NodeId, reader: NodeId) -> Transmission {
        let peer = self.name(peer);
        let reader = &*self.nodes[reader.index()].node;
        let mut frame = self.recorder.describe(reader, peer, flight.id, &flight.frame);
        if self.schedule.header.controls(flight.network) {
            frame.network = flight.network;
        }
        self.told_of_copies(flight, &mut frame);
        frame
    }
}
