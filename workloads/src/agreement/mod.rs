//! Proposals for consensus: what nodes want to be decided.

pub mod attack;
pub mod proposals;

use pepperland_core::workload::Workload;

/// Every workload that proposes.
pub const ALL: &[&Workload] = &[&proposals::ENTRY, &proposals::BINARY, &attack::ENTRY];
