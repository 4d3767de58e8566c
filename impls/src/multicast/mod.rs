//! Multicast without order: who gets a message, and after which failures.

pub mod ack;
pub mod basic;
pub mod epidemic;
pub mod nack;
pub mod reliable;
pub mod reliable_ip;
pub mod reliable_lazy;
pub mod reliable_logged;
mod rtt;
mod streams;
pub mod uniform;
pub mod uniform_all_ack;

use pepperland_core::fault::Fault;
use pepperland_core::history::Channel;
use pepperland_core::implementation::{Implementation, Model};

/// Every multicast without order.
pub const ALL: &[&Implementation] = &[
    &basic::ENTRY,
    &reliable::ENTRY,
    &reliable_lazy::ENTRY,
    &ack::ENTRY,
    &ack::ADAPTIVE,
    &uniform::ENTRY,
    &uniform_all_ack::ENTRY,
    &reliable_logged::ENTRY,
    &reliable_ip::ENTRY,
    &nack::ENTRY,
    &epidemic::ENTRY,
    &epidemic::HALF,
];

/// Crash-stop failures on a network that loses messages, yet not for ever.
pub const FAIR_LOSS: Model = Model {
    channel: Channel::FairLoss,
    tolerates: &[
        Fault::Crash,
        Fault::Loss,
        Fault::Delay,
        Fault::Reorder,
        Fault::Duplication,
        Fault::Partition,
        Fault::Pause,
    ],
    ..Model::ASYNCHRONOUS
};
