//! Agreement among nodes some of which lie.

pub mod correia;
mod hex;
pub mod keys;
pub mod rampart;
pub mod signatures;

use pepperland_core::implementation::Implementation;

/// Those that stand alone, in the order of the catalogue.
pub const ALL: &[&Implementation] = &[&rampart::ENTRY];
