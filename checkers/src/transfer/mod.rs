//! State transfer: what a joiner gets, and what it does next.

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[];
