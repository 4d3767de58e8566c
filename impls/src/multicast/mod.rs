//! Multicast without order: who gets a message, and after which failures.

pub mod basic;
pub mod epidemic;
pub mod nack;
mod patience;
pub mod reliable;
pub mod reliable_ip;
pub mod reliable_lazy;
pub mod reliable_logged;
mod streams;
pub mod uniform;
pub mod uniform_all_ack;

use pepperland_core::implementation::Implementation;

/// Every multicast without order.
pub const ALL: &[&Implementation] = &[
    &basic::ENTRY,
    &reliable::ENTRY,
    &reliable_lazy::ENTRY,
    &uniform::ENTRY,
    &uniform_all_ack::ENTRY,
    &reliable_logged::ENTRY,
    &reliable_ip::ENTRY,
    &nack::ENTRY,
    &epidemic::ENTRY,
    &epidemic::HALF,
];
