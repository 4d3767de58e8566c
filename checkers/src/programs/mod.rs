//! Programs: whether nodes that speak the line protocol speak it well.

mod line_protocol;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[&line_protocol::ENTRY];
