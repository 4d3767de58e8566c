//! Protocols under test, each readable as its pseudocode and built from layers.
//!
//! A file holds the citation, the pseudocode, what it assumes, where it departs from its source,
//! its record (`ENTRY`), and the protocol. One more protocol is one file, one `mod` line and one
//! line in [`ALL`].

pub mod basic;
pub mod fifo;
pub mod lamport;
mod naming;
pub mod reliable;
pub mod sequencer;

use pepperland_core::implementation::Implementation;

/// Every implementation, in the order of the catalogue.
pub const ALL: &[&Implementation] = &[
    &basic::ENTRY,
    &reliable::ENTRY,
    &fifo::OVER_RELIABLE,
    &fifo::OVER_BASIC,
    &sequencer::ENTRY,
    &lamport::ENTRY,
];
