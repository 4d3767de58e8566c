//! Frames between nodes of the library as JSON.

use pepperland_core::contract::{Garbled, Node};
use pepperland_core::id::NetworkId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of a message from node to node.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "type", rename = "frame")]
pub struct Frame {
    /// Over which network, if not the first.
    #[serde(default, skip_serializing_if = "is_first")]
    network: u8,
    #[serde(flatten)]
    content: Content,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Content {
    /// What it says.
    Message(Value),
    /// The bytes of a message that has no JSON form.
    Bytes(Vec<u8>),
}

fn is_first(network: &u8) -> bool {
    *network == NetworkId::PAYLOAD.0
}

impl Frame {
    /// The frame that a node has sent.
    pub fn write(node: &dyn Node, network: NetworkId, bytes: &[u8]) -> Frame {
        let content = match node.describe(bytes) {
            Ok(message) => Content::Message(message),
            Err(Garbled) => Content::Bytes(bytes.to_owned()),
        };
        Frame { network: network.0, content }
    }

    /// Reads a body: the frame that a node is to receive, and over which network.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(node: &dyn Node, body: &str) -> Result<(NetworkId, Vec<u8>), Garbled> {
        let frame: Frame = serde_json::from_str(body).map_err(|_| Garbled)?;
        let bytes = match frame.content {
            Content::Message(message) => node.frame(message)?,
            Content::Bytes(bytes) => bytes,
        };
        Ok((NetworkId(frame.network), bytes))
    }
}
