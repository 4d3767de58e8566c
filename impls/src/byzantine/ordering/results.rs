//! What servers tell a client, and which of it the client believes.
//!
//! ```text
//! On initialization:             next := 0
//! On result (k, v) of a server s, with k >= next, the first of s for k:
//!                                results(k) += (s, v)
//! When f + 1 servers say the same v for next:
//!                                believe v for next;  next := next + 1
//! ```

use crate::byzantine::keys::Digest;
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// What each server says is in the slots that are not delivered.
#[derive(Debug)]
pub struct Results<V> {
    /// The next slot to deliver.
    next: u64,
    /// How many servers are believed.
    believed: usize,
    /// By slot, from the next on, and by server: what it says, known by its hash.
    told: BTreeMap<u64, BTreeMap<NodeId, (Digest, V)>>,
}

impl<V: Clone> Results<V> {
    /// None yet; so many servers are believed that say the same.
    pub fn new(believed: usize) -> Results<V> {
        Results { next: 0, believed, told: BTreeMap::new() }
    }

    /// Whether the slot was delivered.
    pub fn is_past(&self, slot: u64) -> bool {
        slot < self.next
    }

    /// A server says so. Its first word for a slot counts.
    pub fn hear(&mut self, from: NodeId, slot: u64, h: Digest, v: V) {
        if !self.is_past(slot) {
            self.told.entry(slot).or_default().entry(from).or_insert((h, v));
        }
    }

    /// The next slot and what is in it, as each of those servers says it who say the same; once
    /// they are enough.
    pub fn take(&mut self) -> Option<(u64, Vec<V>)> {
        let told = self.told.get(&self.next)?;
        let alike = |h: &Digest| {
            let alike: Vec<&V> = told.values().filter(|(o, _)| o == h).map(|(_, v)| v).collect();
            (alike.len() >= self.believed).then_some(alike)
        };
        let alike = told.values().find_map(|(h, _)| alike(h))?;
        let (slot, alike) = (self.next, alike.into_iter().cloned().collect());
        self.told.remove(&slot);
        self.next += 1;
        Some((slot, alike))
    }
}
