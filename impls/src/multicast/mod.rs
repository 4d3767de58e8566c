//! Multicast without order: who gets a message, and after which failures.

pub mod basic;
pub mod epidemic;
pub mod nack;
mod patience;
pub mod reliable;
pub mod reliable_ip;
mod streams;

use pepperland_core::implementation::Implementation;

/// Every multicast without order.
pub const ALL: &[&Implementation] = &[
    &basic::ENTRY,
    &reliable::ENTRY,
    &reliable_ip::ENTRY,
    &nack::ENTRY,
    &epidemic::ENTRY,
    &epidemic::HALF,
];
