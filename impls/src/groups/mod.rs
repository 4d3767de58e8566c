//! Groups: several, which may overlap, and such whose members come and go.

pub mod inside_views;
pub mod multi_group;
pub mod transfer;
pub mod views;

use pepperland_core::implementation::Implementation;

/// Its implementations, in the order of the catalogue.
pub const ALL: &[&Implementation] = &[&multi_group::ENTRY];

/// What stands on virtual synchrony, in the order of the catalogue.
pub const ABOVE_VIEWS: &[&Implementation] =
    &[&inside_views::causal::ENTRY, &inside_views::total::ENTRY, &transfer::ENTRY];
