//! Programs that live in virtual time: each process is a node that answers what it is given, and
//! nothing happens until it has.
//!
//! A runtime that can run a [`Node`] drives them as it drives any other, with every fault and every
//! crash point it has: the lines that one line makes a program write are effects, in their order.

mod broken;
mod clock;
mod fleet;
mod names;
mod pipes;
mod probe;
mod reader;
mod remote;
mod timed;

pub use fleet::Fleet;
pub use probe::{Unfit, features_of, features_on_sockets, features_within};

#[cfg(doc)]
use pepperland_core::contract::Node;
