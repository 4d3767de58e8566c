//! Multicast in an order: of each sender, of causes, of all messages.

pub mod fifo;
pub mod lamport;
pub mod sequencer;

use pepperland_core::implementation::Implementation;

/// Every multicast in an order.
pub const ALL: &[&Implementation] =
    &[&fifo::OVER_RELIABLE, &fifo::OVER_BASIC, &sequencer::ENTRY, &lamport::ENTRY];
