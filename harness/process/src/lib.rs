//! Programs in any language as nodes: one OS process each, which speaks lines of JSON.
//!
//! The protocol is Maelstrom's, with words of our own for group communication (docs/line-protocol.md).
//! A program that asks for it is driven in virtual time, and so by whoever can run a
//! [`Node`](pepperland_core::contract::Node); any other lives in real time.

pub mod clients;
pub mod errors;
pub mod features;
pub mod kept;
pub mod live;
mod log;
mod mouthpiece;
pub mod node;
pub mod program;
pub mod services;
pub mod stepped;
pub mod wire;
pub mod words;
