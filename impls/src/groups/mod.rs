//! Groups: several, which may overlap, and such whose members come and go.

pub mod multi_group;
pub mod views;

use pepperland_core::implementation::Implementation;

/// Its implementations, in the order of the catalogue.
pub const ALL: &[&Implementation] = &[&multi_group::ENTRY];
