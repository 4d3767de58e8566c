//! What a run writes down of messages.

use crate::live::send::Parcel;
use crate::live::world::World;
use pepperland_core::contract::contents;
use pepperland_core::history::{EventId, Kind, Transmission};
use pepperland_core::id::NodeId;
use pepperland_core::runtime::Detail;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What the history tells of a message's contents.
#[derive(Debug, Default)]
pub struct Contents {
    label: Option<Arc<str>>,
    messages: Arc<[u32]>,
}

impl World<'_> {
    /// A message is put on the network.
    pub fn record_sending(&mut self, parcel: &mut Parcel) {
        if self.detail == Detail::Network {
            let frame = self.transmission(parcel, parcel.to);
            parcel.cause = Some(self.transmitted(parcel.from, Kind::Send, frame, parcel.cause));
        }
    }

    /// A message has come from the network.
    pub fn record_receipt(&mut self, parcel: &Parcel) {
        if self.detail == Detail::Network {
            let frame = self.transmission(parcel, parcel.from);
            let event = self.transmitted(parcel.to, Kind::Recv, frame, parcel.cause);
            self.nodes[parcel.to.index()].last = Some(event);
        }
    }

    /// A message is lost.
    pub fn record_loss(&mut self, parcel: &Parcel, why: &str) {
        if self.detail == Detail::Network {
            let mut frame = self.transmission(parcel, parcel.to);
            frame.why = Some(why.into());
            self.transmitted(parcel.from, Kind::Drop, frame, parcel.cause);
        }
    }

    fn transmitted(
        &mut self,
        at: NodeId,
        kind: Kind,
        frame: Transmission,
        cause: Option<EventId>,
    ) -> EventId {
        self.recorder.transmission(self.now, at, kind, frame, cause)
    }

    fn transmission(&self, parcel: &Parcel, peer: NodeId) -> Transmission {
        let label = parcel.contents.label.as_ref().unwrap_or(&parcel.kind);
        Transmission {
            bytes: Some(parcel.body.get().len() as u32),
            label: (!label.is_empty()).then(|| label.clone()),
            messages: parcel.contents.messages.clone(),
            network: parcel.network,
            ..Transmission::new(peer, parcel.id)
        }
    }

    /// Looks into a body once, for all that is written down of it.
    pub fn contents(&mut self, body: &RawValue) -> Arc<Contents> {
        if self.detail != Detail::Network {
            return Arc::default();
        }
        let body: Value = serde_json::from_str(body.get()).unwrap_or_default();
        let told = contents(&body);
        let messages = told.messages.iter().map(|id| self.recorder.row(*id)).collect();
        Arc::new(Contents { label: told.label.map(Into::into), messages })
    }
}
