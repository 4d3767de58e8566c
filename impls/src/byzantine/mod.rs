//! Agreement among nodes some of which lie.

pub mod cast;
pub mod difato;
mod hex;
pub mod keys;
pub mod log;
pub mod registers;

use pepperland_core::implementation::Implementation;

/// Every protocol that lives among liars.
pub const ALL: &[&Implementation] = &[&difato::ENTRY];
