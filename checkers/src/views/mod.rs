//! Views: membership, virtual synchrony, partitions.

#[cfg(test)]
pub mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[];
