//! Services that a group of servers offers to clients.

pub mod arithmetic;

use pepperland_core::implementation::Implementation;

/// Every service.
pub const ALL: &[&Implementation] = &[&arithmetic::ENTRY];
