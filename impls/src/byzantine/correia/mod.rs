//! Agreement without signatures among nodes of which fewer than a third lie, as a stack of engines
//! (Correia, Neves & Veríssimo, *From Consensus to Atomic Broadcast: Time-Free
//! Byzantine-Resistant Protocols without Signatures*, The Computer Journal 49(1), 2006).
//!
//! ```text
//! atomic        vectors of hashes say which messages come next
//! vector        a vector of proposals, most of them of nodes that do not lie
//! multivalued   any value, or none
//! binary        0 or 1, by rounds of three steps and a coin
//! reliable      what one node hears of a broadcast, all hear
//! ```
//!
//! Every engine above the first speaks in reliable broadcasts alone: what it says is broadcast, and
//! what is delivered it hears, whoever it is from. No engine knows a network or a clock.

pub mod atomic;
pub mod binary;
pub mod consensus;
pub mod multicast;
pub mod multivalued;
pub mod ordered;
mod planted;
pub mod records;
#[cfg(test)]
mod rehearsal;
pub mod reliable;
mod rules;
#[cfg(test)]
mod tests;
mod valid_steps;
pub mod vector;

pub use planted::Planted;
pub use rules::{Agreement, Outcome, Rules};

use pepperland_core::implementation::Implementation;

/// Every engine as a protocol, in the order of the catalogue.
pub const ALL: &[&Implementation] = &[
    &records::reliable::ENTRY,
    &records::binary::ENTRY,
    &records::multivalued::ENTRY,
    &records::vector::ENTRY,
    &records::atomic::ENTRY,
];
