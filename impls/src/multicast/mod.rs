//! Multicast without order: who gets a message, and after which failures.

pub mod ack;
pub mod basic;
pub mod reliable;
mod rtt;

use pepperland_core::implementation::Implementation;

/// Every multicast without order.
pub const ALL: &[&Implementation] = &[&basic::ENTRY, &reliable::ENTRY, &ack::ENTRY, &ack::ADAPTIVE];
