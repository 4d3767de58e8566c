//! What clients and servers tell each other, and what they write to their registers.

use crate::byzantine::keys::{Digest, KeyRing, Mac, digest};
use crate::byzantine::ordering::{Decided, Named};
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Body;
use serde::{Deserialize, Serialize};

/// A client's message with the client's own number for it: what is ordered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Ordered {
    /// The client.
    pub client: NodeId,
    /// Its number for the message, from 1: the timestamp of the paper.
    pub t: u64,
    /// The message's name.
    pub id: MessageId,
    /// How many bytes a server is to add to its result.
    pub answer: u32,
    /// What the message says.
    pub body: Body,
}

impl Ordered {
    /// h(o), by which it is accepted.
    pub fn hash(&self) -> Digest {
        digest(self)
    }

    /// All of it but what the message says: too little to accept it by.
    pub fn header(&self) -> Digest {
        digest(&(self.client, self.t, self.id))
    }

    /// Which of whose messages it is.
    pub fn key(&self) -> (NodeId, u64) {
        (self.client, self.t)
    }
}

/// ⟨ORDER, m, t, v⟩ of the paper: what is to be ordered, with an authenticator of its client for each
/// server.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// What is to be ordered.
    pub what: Ordered,
    /// The client's authenticators, in the order of the servers.
    pub macs: Vec<Mac>,
}

impl Named for Order {
    fn id(&self) -> MessageId {
        self.what.id
    }
}

impl Order {
    /// With authenticators of its client, whose keys these are, over this digest of it.
    pub fn sealed(what: Ordered, over: &Digest, servers: &[NodeId], keys: &KeyRing) -> Order {
        let macs = keys.vector(servers, &[b"order", over.bytes()]);
        Order { what, macs }
    }

    /// Whether the client's authenticator for the server at this place, whose keys these are, is
    /// right for this digest of the order.
    pub fn is_right(&self, place: usize, over: &Digest, keys: &KeyRing) -> bool {
        let right = |mac| keys.verify(self.what.client, mac, &[b"order", over.bytes()]);
        self.macs.get(place).is_some_and(right)
    }
}

/// What a server tells a client: this is in this slot.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The epoch in which it was decided.
    pub epoch: u64,
    /// The slot.
    pub slot: u64,
    /// What is in it.
    pub order: Ordered,
    /// As many bytes as the order wants.
    pub pad: Body,
    /// The server's authenticator for the client.
    pub mac: Mac,
}

impl Outcome {
    /// That this is decided, said to a client by the server whose keys these are.
    pub fn to(client: NodeId, decided: &Decided<Order>, keys: &KeyRing) -> Outcome {
        let (epoch, slot, order) = (decided.epoch, decided.slot, decided.order.what.clone());
        let pad = Body(std::iter::repeat_n(0, order.answer as usize).collect());
        let mac = keys.mac(client, &[b"result", said(epoch, slot, &order, &pad).bytes()]);
        Outcome { epoch, slot, order, pad, mac }
    }

    /// Whatever it says now, with a right authenticator: what a server can do that lies.
    pub fn resealed(mut self, client: NodeId, keys: &KeyRing) -> Outcome {
        let said = said(self.epoch, self.slot, &self.order, &self.pad);
        self.mac = keys.mac(client, &[b"result", said.bytes()]);
        self
    }

    /// Whether it is from this server, for whoever has these keys.
    pub fn is_right(&self, from: NodeId, keys: &KeyRing) -> bool {
        let said = said(self.epoch, self.slot, &self.order, &self.pad);
        keys.verify(from, &self.mac, &[b"result", said.bytes()])
    }
}

/// What the authenticator of a result stands for.
fn said(epoch: u64, slot: u64, order: &Ordered, pad: &Body) -> Digest {
    digest(&(epoch, slot, order, pad))
}

/// What goes over the network of clients and servers.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// Of a client to servers.
    Order(Order),
    /// Of a server to a client.
    Result(Outcome),
}

/// What goes over the network of the registers.
pub type Write = crate::byzantine::ordering::Write<Order>;
