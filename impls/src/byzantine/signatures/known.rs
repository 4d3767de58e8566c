//! What was computed before. All keys derive from one constant of this program, so that what was
//! right in one node, or in one run, is right in all of them: nodes of a simulation, which share a
//! thread, check each signature once.

use super::secret_key;
use crate::byzantine::keys::Digest;
use ed25519_dalek::VerifyingKey;
use pepperland_core::collections::{Map, Set};
use pepperland_core::id::NodeId;
use std::cell::RefCell;

/// Who is said to have signed, what, and the signature.
type Name = (NodeId, Digest, [u8; 64]);

/// More are not remembered: then all are forgotten. About 10 MB.
const MOST: usize = 1 << 16;

thread_local! {
    static PUBLIC: RefCell<Map<NodeId, VerifyingKey>> = RefCell::default();
    static RIGHT: RefCell<Set<Name>> = RefCell::default();
}

/// The public key of a node.
pub(super) fn public_key(node: NodeId) -> VerifyingKey {
    PUBLIC.with_borrow_mut(|known| {
        *known.entry(node).or_insert_with(|| secret_key(node).verifying_key())
    })
}

/// Whether a signature is right: from memory, or as it is found now.
pub(super) fn right(name: Name, verify: impl FnOnce() -> bool) -> bool {
    RIGHT.with_borrow_mut(|known| {
        if known.contains(&name) {
            return true;
        }
        let is_right = verify();
        if is_right {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(name);
        }
        is_right
    })
}
