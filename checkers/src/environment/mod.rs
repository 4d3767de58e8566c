//! The environment: what an implementation was promised. A broken promise is nobody's flaw.

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[];
