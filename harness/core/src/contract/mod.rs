//! The contract of an implementation: a deterministic automaton without I/O.
//!
//! Requests, messages and timeouts go in; sends, timers and indications come out, through a
//! context ([`Cx`]). Protocols compose as micro-protocol layers, statically: a [`Protocol`] is
//! written as its pseudocode above any [`Layer`], a stack of layers stands at the runtime's door
//! as one object-safe [`Node`].

mod contents;
mod cx;
mod frame;
mod host;
mod layer;
mod memory;
mod mutate;
mod network;
mod node;
mod stable;
mod vocabulary;

pub use contents::{Contents, contents};
pub use cx::{Cx, Risen};
pub use host::{Effect, Effects, Host, Timer};
pub use layer::{Layer, Protocol, Value};
pub use memory::Memory;
pub use mutate::{Difference, differences, mutate, revert, spoil};
pub use network::Network;
pub use node::{Garbled, Node, Stack, flip};
pub use stable::{Stable, StableKey};
pub use vocabulary::{
    Applied, Delivery, Indication, Request, Snapshot, SnapshotTurn, StateHash, TokenTurn, View,
    ViewId,
};
