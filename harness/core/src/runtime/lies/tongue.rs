//! Reading and writing the messages of a protocol whose structure only its nodes know.

use crate::contract::Node;
use crate::id::NodeId;
use serde_json::Value;

/// Whoever reads and writes the messages of a protocol.
pub trait Tongue {
    /// A message as JSON; nothing if it is none of this protocol.
    fn read(&self, frame: &[u8]) -> Option<Value>;
    /// The message that a JSON form stands for; nothing if it is none of this protocol.
    fn write(&self, described: Value) -> Option<Vec<u8>>;
    /// The message with one place changed a little; nothing if nothing in it can be.
    fn vary(&self, frame: &[u8], draw: u64) -> Option<Vec<u8>>;
    /// The message with the liar's own authenticators right for what it says, on its way to a node;
    /// as it is, if it has none. A write is on its way to its writer.
    fn seal(&self, to: NodeId, frame: Vec<u8>) -> Vec<u8>;
}

impl<N: Node + ?Sized> Tongue for N {
    fn read(&self, frame: &[u8]) -> Option<Value> {
        self.describe(frame).ok()
    }

    fn write(&self, described: Value) -> Option<Vec<u8>> {
        self.frame(described).ok()
    }

    fn vary(&self, frame: &[u8], draw: u64) -> Option<Vec<u8>> {
        self.mutate(frame, draw)
    }

    fn seal(&self, to: NodeId, frame: Vec<u8>) -> Vec<u8> {
        self.reseal(to, &frame).unwrap_or(frame)
    }
}
