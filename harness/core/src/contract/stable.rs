//! Stable storage of a node: what a crash does not lose.

use crate::contract::layer::Value;
use std::collections::BTreeMap;

/// Where a value lies: the layer's place in the stack, and its own name for the value.
pub type StableKey = (u32, &'static str);

/// The storage of one node. A write is seen by the node's own reads at once, and is on the disk
/// only when the runtime has performed the write's effect; a crash brings back what is on the disk.
#[derive(Clone, Debug, Default)]
pub struct Stable {
    seen: BTreeMap<StableKey, Vec<u8>>,
    disk: BTreeMap<StableKey, Vec<u8>>,
}

impl Stable {
    /// Notes a write in the node's own view and returns its bytes, to be performed as an effect.
    pub(super) fn write<T: Value>(&mut self, key: StableKey, value: &T) -> Vec<u8> {
        let bytes = postcard::to_stdvec(value).expect("a value of a protocol has a wire form");
        self.seen.insert(key, bytes.clone());
        bytes
    }

    /// The value last written under `key`, if any.
    pub(super) fn read<T: Value>(&self, key: StableKey) -> Option<T> {
        self.seen.get(&key).and_then(|bytes| postcard::from_bytes(bytes).ok())
    }

    /// The write has reached the disk.
    pub fn perform(&mut self, key: StableKey, bytes: Vec<u8>) {
        self.disk.insert(key, bytes);
    }

    /// What lies on the disk under `key`, if anything.
    pub fn on_disk(&self, key: StableKey) -> Option<&[u8]> {
        self.disk.get(&key).map(Vec::as_slice)
    }

    /// The disk has lost a write: what lies under `key` is this again, or nothing.
    pub fn take_back(&mut self, key: StableKey, before: Option<Vec<u8>>) {
        match before {
            Some(bytes) => drop(self.disk.insert(key, bytes)),
            None => drop(self.disk.remove(&key)),
        }
    }

    /// What a restarted node finds: what had reached the disk.
    #[must_use]
    pub fn after_crash(&self) -> Stable {
        Stable { seen: self.disk.clone(), disk: self.disk.clone() }
    }

    /// What is on the disk, in the order of the keys.
    pub fn entries(&self) -> impl Iterator<Item = (StableKey, &[u8])> {
        self.disk.iter().map(|(key, bytes)| (*key, bytes.as_slice()))
    }

    /// Whether nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.disk.is_empty() && self.seen.is_empty()
    }
}
