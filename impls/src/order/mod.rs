//! Multicast in an order: of each sender, of causes, of all messages.

pub mod agreed_order;
pub mod clock_order;
pub mod fifo;
pub mod lamport;
pub mod sequencer;
pub mod token_ring;
pub mod voted_order;

use pepperland_core::implementation::Implementation;

/// Every multicast in an order.
pub const ALL: &[&Implementation] = &[
    &fifo::OVER_RELIABLE,
    &fifo::OVER_BASIC,
    &sequencer::ENTRY,
    &lamport::ENTRY,
    &clock_order::ENTRY,
    &agreed_order::ENTRY,
    &voted_order::ENTRY,
    &token_ring::ENTRY,
    &token_ring::regeneration::ENTRY,
];
