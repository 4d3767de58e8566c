//! Multicast to several groups, which may overlap.

pub mod multi_group;

use pepperland_core::implementation::Implementation;

/// Its implementations, in the order of the catalogue.
pub const ALL: &[&Implementation] = &[&multi_group::ENTRY];
