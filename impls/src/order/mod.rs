//! Multicast in an order: of each sender, of causes, of all messages.

pub mod agreed_log;
pub mod agreed_order;
pub mod agreed_sequence;
pub mod causal;
pub mod causal_ids;
pub mod clock_order;
pub mod fifo;
pub mod fifo_logged;
pub mod fifo_piggyback;
pub mod hold_back;
pub mod lamport;
pub mod log_messages;
pub mod moving_sequencer;
pub mod on_log;
pub mod sequencer;
pub mod sequencer_failover;
pub mod sequencer_isis;
pub mod sequencer_majority;
pub mod sequencer_relay;
pub mod stacked;
pub mod token_ring;
pub mod voted_order;

use pepperland_core::implementation::Implementation;

/// Every multicast in an order.
pub const ALL: &[&Implementation] = &[
    &fifo::OVER_RELIABLE,
    &fifo::OVER_BASIC,
    &fifo_piggyback::ENTRY,
    &fifo_logged::ENTRY,
    &causal::OVER_RELIABLE,
    &causal::OVER_BASIC,
    &causal_ids::ENTRY,
    &sequencer_relay::ENTRY,
    &sequencer_failover::ENTRY,
    &sequencer_majority::ENTRY,
    &sequencer::ENTRY,
    &sequencer_isis::ENTRY,
    &moving_sequencer::ENTRY,
    &token_ring::ENTRY,
    &token_ring::regeneration::ENTRY,
    &lamport::ENTRY,
    &clock_order::ENTRY,
    &agreed_order::ENTRY,
    &voted_order::ENTRY,
    &stacked::FIFO_TOTAL,
    &stacked::CAUSAL_TOTAL,
];
