//! What clients and servers tell each other as the paper has it, and what servers write.

use crate::byzantine::difato::messages::{Order, Ordered};
use crate::byzantine::keys::{Digest, KeyRing, Mac};
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a server says for all clients of what it accepts: an authenticator for each of them.
pub type Voice = Vec<Mac>;

/// That this server accepts the order with this hash for this number, said for each client.
pub fn voice(number: u64, h: &Digest, clients: &[NodeId], keys: &KeyRing) -> Voice {
    keys.vector(clients, &[b"accept", &number.to_be_bytes(), h.bytes()])
}

/// Step 4: the message with its number, and for its receiver the authenticators of those who
/// accepted.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// n_o.
    pub number: u64,
    /// What has this number.
    pub order: Ordered,
    /// Who accepted it.
    pub voices: Vec<(NodeId, Mac)>,
}

impl Certificate {
    /// Of how many servers it has a right authenticator for whoever has these keys.
    pub fn right(&self, servers: &[NodeId], keys: &KeyRing) -> usize {
        let h = self.order.hash();
        let said: [&[u8]; 3] = [b"accept", &self.number.to_be_bytes(), h.bytes()];
        let mut by: Vec<NodeId> = self
            .voices
            .iter()
            .filter(|(by, mac)| servers.contains(by) && keys.verify(*by, mac, &said))
            .map(|(by, _)| *by)
            .collect();
        by.sort_unstable();
        by.dedup();
        by.len()
    }

    /// Whatever it says now, with the own authenticator right: what a server can do that lies.
    pub fn resealed(mut self, client: NodeId, me: NodeId, keys: &KeyRing) -> Certificate {
        let own = voice(self.number, &self.order.hash(), &[client], keys);
        for (by, mac) in &mut self.voices {
            if *by == me {
                *mac = own[0];
            }
        }
        self
    }
}

/// What goes over the network of clients and servers.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// Of a client to servers.
    Order(Order),
    /// Of a server to all clients.
    Result(Certificate),
}

/// What goes over the network of the registers.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Write {
    /// Of the sequencer: this is to have the number.
    Propose {
        /// n_o.
        number: u64,
        /// What is to have it.
        order: Order,
        /// The sequencer's authenticators for the clients.
        voice: Voice,
    },
    /// The writer accepts this for the number.
    Accept {
        /// n_o.
        number: u64,
        /// h_m.
        hash: Digest,
        /// The writer's authenticators for the clients.
        voice: Voice,
    },
    /// The writer suspects the sequencer because of a message.
    Change {
        /// h_m.
        hash: Digest,
        /// s_s.
        suspect: NodeId,
    },
}

impl Write {
    /// Whatever it says now, with the writer's authenticators right.
    pub fn resealed(self, clients: &[NodeId], keys: &KeyRing) -> Write {
        match self {
            Write::Propose { number, order, .. } => {
                let voice = voice(number, &order.what.hash(), clients, keys);
                Write::Propose { number, order, voice }
            }
            Write::Accept { number, hash, .. } => {
                let voice = voice(number, &hash, clients, keys);
                Write::Accept { number, hash, voice }
            }
            change @ Write::Change { .. } => change,
        }
    }
}

/// In a word, and of what it is.
impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Write::Propose { number, order, .. } => write!(f, "Propose/{number}/{}", order.what.id),
            Write::Accept { number, hash, .. } => write!(f, "Accept/{number}/{hash}"),
            Write::Change { hash, suspect } => write!(f, "Change/{hash}/{suspect}"),
        }
    }
}
