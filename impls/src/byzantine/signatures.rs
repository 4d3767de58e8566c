//! Signatures: what one node has signed all can check, and nobody can sign for it (Ed25519, RFC
//! 8032; Josefsson & Liusvaara 2017).
//!
//! ```text
//! secret key of p:   HMAC-SHA-256(master, "sign" ‖ p), known to p alone
//! ```
//!
//! Assumes that public keys were given out before the run. To verify costs far more than to look
//! up: what was found right once is remembered, as most signatures come more than once.

use crate::byzantine::hex;
use crate::byzantine::keys::{Digest, secret};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use pepperland_core::collections::Set;
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
    /// What was found right.
    right: Set<(NodeId, Digest, [u8; 64])>,
}

impl Signer {
    /// The keys of the node that is being built.
    pub fn of(setup: &Setup<'_>) -> Signer {
        let public = |node| secret_key(node).verifying_key();
        Signer {
            seal: Seal::of(setup),
            of: NodeId::first(setup.nodes).map(public).collect(),
            right: Set::default(),
        }
    }

    /// Signs what has this digest. What it has signed itself it need not check.
    pub fn sign(&mut self, digest: &Digest) -> Signed {
        let signed = self.seal.sign(digest);
        self.right.insert((signed.by, *digest, signed.signature));
        signed
    }

    /// Whether whoever is said to have signed what has this digest has.
    pub fn verify(&mut self, signed: &Signed, digest: &Digest) -> bool {
        let name = (signed.by, *digest, signed.signature);
        if self.right.contains(&name) {
            return true;
        }
        let signature = Signature::from_bytes(&signed.signature);
        let key = self.of.get(signed.by.index());
        let is_right = key.is_some_and(|key| key.verify_strict(digest.bytes(), &signature).is_ok());
        if is_right {
            self.right.insert(name);
        }
        is_right
    }
}

fn secret_key(node: NodeId) -> SigningKey {
    SigningKey::from_bytes(&secret(b"sign", node))
}

#[cfg(test)]
mod tests;
