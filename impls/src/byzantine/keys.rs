//! Keys that two nodes share, and the authenticators they make with them: message authentication
//! codes, alone and as vectors with one for each receiver (Castro & Liskov, *Practical Byzantine
//! Fault Tolerance*, OSDI 1999). Whoever lacks the key of two others cannot speak for either.
//!
//! ```text
//! key of p and q:              HMAC-SHA-256(master, min(p, q) ‖ max(p, q)), known to p and q alone
//! code of p's message for q:   HMAC-SHA-256(key of p and q, p ‖ the parts), cut to 16 bytes
//! ```
//!
//! Assumes that keys were given out before the run, as DifATo does. The master key is the same in
//! every run, so that runs can be had again; no node ever looks at a key that is not its own.
//! HMAC is RFC 2104, its cut codes are those of section 5 there; SHA-256 is FIPS 180-4.

use crate::byzantine::hex::{self, Hex};
use hmac::{Hmac, KeyInit as _, Mac as _};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// From this all keys come.
const MASTER: &[u8] = b"pepperland: keys given out before the run";

/// An authenticator of one message for one receiver. Hex in JSON, bytes on the wire.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mac(#[serde(with = "hex")] [u8; 16]);

/// The fingerprint of a value's wire form, by which it is named. Hex in JSON, bytes on the wire.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(#[serde(with = "hex")] [u8; 32]);

/// The digest of a value.
pub fn digest<T: Serialize>(value: &T) -> Digest {
    let bytes = postcard::to_stdvec(value).expect("a value of a protocol has a wire form");
    Digest(Sha256::digest(bytes).into())
}

impl Digest {
    /// The bytes, as a part of what is authenticated.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first four bits of it: so few that others have the same.
    pub fn shortened(self) -> Digest {
        let mut few = [0; 32];
        few[0] = self.0[0] & 0xf0;
        Digest(few)
    }
}

/// The first digits, enough to tell digests apart.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Hex(&self.0[..4]), f)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Hex(&self.0[..4]), f)
    }
}

/// A code that has its key and lacks its message; cloned for each message.
type Keyed = Hmac<Sha256>;

/// The keys that one node shares with each node, itself among them.
#[derive(Clone)]
pub struct KeyRing {
    me: NodeId,
    with: Vec<Keyed>,
}

impl KeyRing {
    /// The keys of the node that is being built.
    pub fn of(setup: &Setup<'_>) -> KeyRing {
        let (me, master) = (setup.node, keyed(MASTER));
        let key = |other: NodeId| {
            let (least, greatest) = (me.min(other), me.max(other));
            let names = [least.0.to_be_bytes(), greatest.0.to_be_bytes()].concat();
            keyed(&master.clone().chain_update(names).finalize().into_bytes())
        };
        KeyRing { me, with: NodeId::first(setup.nodes).map(key).collect() }
    }

    /// The code of this node's message for another. The parts are told apart, however they are
    /// cut.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn mac(&self, to: NodeId, parts: &[&[u8]]) -> Mac {
        cut(authenticated(&self.with[to.index()], self.me, parts))
    }

    /// The codes of this node's message for each of these nodes.
    pub fn vector(&self, to: &[NodeId], parts: &[&[u8]]) -> Vec<Mac> {
        to.iter().map(|to| self.mac(*to, parts)).collect()
    }

    /// Whether it is the code of another node's message for this node: compared in a time that
    /// tells nothing of where it differs.
    pub fn verify(&self, from: NodeId, mac: &Mac, parts: &[&[u8]]) -> bool {
        let right = |key| authenticated(key, from, parts).verify_truncated_left(&mac.0).is_ok();
        self.with.get(from.index()).is_some_and(right)
    }
}

/// What a node alone knows, for a use that has this label.
pub(super) fn secret(label: &[u8], node: NodeId) -> [u8; 32] {
    let code = keyed(MASTER).chain_update(label).chain_update(node.0.to_be_bytes());
    code.finalize().into_bytes().into()
}

fn keyed(key: &[u8]) -> Keyed {
    Keyed::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// What is authenticated: who says it, so that nobody is sent its own words back as another's; and
/// each part with its length before it.
fn authenticated(key: &Keyed, from: NodeId, parts: &[&[u8]]) -> Keyed {
    let code = key.clone().chain_update(from.0.to_be_bytes());
    parts.iter().fold(code, |code, part| {
        code.chain_update((part.len() as u64).to_be_bytes()).chain_update(part)
    })
}

fn cut(code: Keyed) -> Mac {
    let whole: [u8; 32] = code.finalize().into_bytes().into();
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    Mac(half)
}

#[cfg(test)]
mod tests;
