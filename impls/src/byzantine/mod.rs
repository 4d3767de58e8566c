//! Agreement among nodes some of which lie.

pub mod cast;
pub mod correia;
pub mod difato;
mod hex;
pub mod keys;
pub mod log;
pub mod ordering;
pub mod pieri;
pub mod rampart;
pub mod registers;
pub mod signatures;

use pepperland_core::implementation::Implementation;

/// Those that stand alone, in the order of the catalogue.
pub const ALL: &[&Implementation] =
    &[&rampart::ENTRY, &pieri::ENTRY, &difato::ENTRY, &difato::literal::ENTRY, &registers::ENTRY];
