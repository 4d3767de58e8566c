//! What clients and servers tell each other, and what they write to their registers.

use crate::byzantine::keys::{Digest, KeyRing, Mac, digest};
use crate::byzantine::ordering::Named;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};

impl Named for Message {
    fn id(&self) -> MessageId {
        self.id
    }
}

/// What a client multicasts, for the other clients. Whoever has it may pass it on.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// The message; its name says whose it is.
    pub m: Message,
    /// Authenticators of its origin, in the order of the clients.
    pub macs: Vec<Mac>,
}

impl Data {
    /// With the authenticators of its origin, whose keys these are.
    pub fn sealed(m: Message, clients: &[NodeId], keys: &KeyRing) -> Data {
        let macs = keys.vector(clients, &[b"data", digest(&m).bytes()]);
        Data { m, macs }
    }

    /// Whether it is of its origin, for the client at this place, whose keys these are.
    pub fn is_right(&self, place: usize, keys: &KeyRing) -> bool {
        let right = |mac| keys.verify(self.m.id.origin, mac, &[b"data", digest(&self.m).bytes()]);
        self.macs.get(place).is_some_and(right)
    }
}

/// What a client wants ordered, its own or another's.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The message.
    pub m: Message,
    /// Authenticators of the client that proposes it, in the order of the servers.
    pub macs: Vec<Mac>,
}

impl Proposal {
    /// With the authenticators of the client that proposes it, whose keys these are.
    pub fn sealed(m: Message, servers: &[NodeId], keys: &KeyRing) -> Proposal {
        let macs = keys.vector(servers, &[b"proposal", digest(&m).bytes()]);
        Proposal { m, macs }
    }

    /// Whether it is from this client, for the server at this place, whose keys these are; `h` is
    /// the hash of the message.
    pub fn is_right(&self, (from, place): (NodeId, usize), h: &Digest, keys: &KeyRing) -> bool {
        let right = |mac| keys.verify(from, mac, &[b"proposal", h.bytes()]);
        self.macs.get(place).is_some_and(right)
    }
}

/// What a server tells a client: this is in this slot.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The slot.
    pub slot: u64,
    /// What is in it.
    pub m: Message,
    /// The server's authenticator for the client.
    pub mac: Mac,
}

impl Decision {
    /// Said to a client by the server whose keys these are.
    pub fn to(client: NodeId, slot: u64, m: Message, keys: &KeyRing) -> Decision {
        let mac = keys.mac(client, &[b"decision", digest(&(slot, &m)).bytes()]);
        Decision { slot, m, mac }
    }

    /// Whether it is from this server, for whoever has these keys.
    pub fn is_right(&self, from: NodeId, keys: &KeyRing) -> bool {
        let said = digest(&(self.slot, &self.m));
        keys.verify(from, &self.mac, &[b"decision", said.bytes()])
    }
}

/// What goes over the network of clients and servers.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// Of a client to clients.
    Data(Data),
    /// Of a client to servers.
    Proposal(Proposal),
    /// Of a server to a client.
    Decision(Decision),
}

impl Said {
    /// Whatever it says now, with those authenticators right for its receiver that are the
    /// speaker's own: what a node can do that lies. Another's message stays the other's.
    pub fn resealed(mut self, to: NodeId, me: NodeId, keys: &KeyRing) -> Said {
        match &mut self {
            Said::Data(Data { m, macs }) if m.id.origin == me => {
                macs.fill(keys.mac(to, &[b"data", digest(m).bytes()]));
            }
            Said::Data(_) => {}
            Said::Proposal(Proposal { m, macs }) => {
                macs.fill(keys.mac(to, &[b"proposal", digest(m).bytes()]));
            }
            Said::Decision(said) => {
                said.mac = Decision::to(to, said.slot, said.m.clone(), keys).mac;
            }
        }
        self
    }
}

/// What goes over the network of the registers.
pub type Write = crate::byzantine::ordering::Write<Message>;
