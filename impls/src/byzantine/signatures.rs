//! Signatures: what one node has signed all can check, and nobody can sign for it (Ed25519, RFC
//! 8032; Josefsson & Liusvaara 2017).
//!
//! ```text
//! secret key of p:   HMAC-SHA-256(master, "sign" ‖ p), known to p alone
//! ```
//!
//! Assumes that public keys were given out before the run. To verify costs far more than to look
//! up: what was found right once is [remembered](known), as most signatures come more than once.

mod known;

use crate::byzantine::hex;
use crate::byzantine::keys::{Digest, secret};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A signature, and whose it is said to be. Hex in JSON, bytes on the wire.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    /// Who is said to have signed.
    pub by: NodeId,
    /// The signature.
    #[serde(with = "hex")]
    pub signature: [u8; 64],
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "signed by {}", self.by)
    }
}

/// The secret key of one node.
#[derive(Clone)]
pub struct Seal {
    me: NodeId,
    key: SigningKey,
}

impl Seal {
    /// The key of the node that is being built.
    pub fn of(setup: &Setup<'_>) -> Seal {
        Seal { me: setup.node, key: secret_key(setup.node) }
    }

    /// Signs what has this digest.
    pub fn sign(&self, digest: &Digest) -> Signed {
        Signed { by: self.me, signature: self.key.sign(digest.bytes()).to_bytes() }
    }

    /// Makes a signature of this node right for what has this digest.
    pub fn mend(&self, signed: &mut Signed, digest: &Digest) {
        if signed.by == self.me {
            *signed = self.sign(digest);
        }
    }
}

/// The secret key of one node, and the public keys of all.
pub struct Signer {
    seal: Seal,
    of: Vec<VerifyingKey>,
}

impl Signer {
    /// The keys of the node that is being built.
    pub fn of(setup: &Setup<'_>) -> Signer {
        let of = NodeId::first(setup.nodes).map(known::public_key).collect();
        Signer { seal: Seal::of(setup), of }
    }

    /// Signs what has this digest.
    pub fn sign(&self, digest: &Digest) -> Signed {
        self.seal.sign(digest)
    }

    /// Whether whoever is said to have signed what has this digest has.
    pub fn verify(&self, signed: &Signed, digest: &Digest) -> bool {
        let Some(key) = self.of.get(signed.by.index()) else { return false };
        let signature = Signature::from_bytes(&signed.signature);
        let verify = || key.verify_strict(digest.bytes(), &signature).is_ok();
        known::right((signed.by, *digest, signed.signature), verify)
    }
}

fn secret_key(node: NodeId) -> SigningKey {
    SigningKey::from_bytes(&secret(b"sign", node))
}

#[cfg(test)]
mod tests;
