//! Multicast in an order: of each sender, of causes, of all messages.

pub mod agreed_log;
pub mod fifo;
pub mod hold_back;
pub mod in_order;
pub mod lamport;
pub mod log_messages;
pub mod moving_sequencer;
pub mod on_log;
pub mod sequencer;
pub mod sequencer_failover;
pub mod sequencer_isis;
pub mod sequencer_majority;
pub mod sequencer_relay;

use pepperland_core::implementation::Implementation;

/// Every multicast in an order.
pub const ALL: &[&Implementation] = &[
    &fifo::OVER_RELIABLE,
    &fifo::OVER_BASIC,
    &sequencer_relay::ENTRY,
    &sequencer_failover::ENTRY,
    &sequencer_majority::ENTRY,
    &sequencer::ENTRY,
    &sequencer_isis::ENTRY,
    &moving_sequencer::ENTRY,
    &lamport::ENTRY,
];
