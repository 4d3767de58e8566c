//! Agreement: what is decided once, by all, whatever they had wanted.

pub mod atomic;
pub mod consensus;
pub mod consensus_service;
pub mod coordinated_attack;
pub mod rotating;

use pepperland_core::implementation::Implementation;

/// Every protocol of agreement among nodes that do not lie.
pub const ALL: &[&Implementation] = &[
    &consensus::ENTRY,
    &atomic::ENTRY,
    &consensus_service::ENTRY,
    &coordinated_attack::ENTRY,
    &coordinated_attack::synchronous::ENTRY,
];
