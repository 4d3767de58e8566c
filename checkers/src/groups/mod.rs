//! Several groups, possibly overlapping: order across them, and who takes part.

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[];
