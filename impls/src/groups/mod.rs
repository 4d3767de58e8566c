//! Groups: several, which may overlap, and such whose members come and go.

pub mod dynamic_groups;
pub mod inside_views;
pub mod membership_service;
pub mod multi_group;
mod ordered_group;
pub mod ordered_membership;
pub mod transfer;
pub mod views;

use pepperland_core::implementation::Implementation;

/// Its implementations, in the order of the catalogue.
pub const ALL: &[&Implementation] = &[
    &multi_group::ENTRY,
    &ordered_membership::ENTRY,
    &dynamic_groups::SYMMETRIC,
    &dynamic_groups::ASYMMETRIC,
    &membership_service::ENTRY,
];

/// What stands on virtual synchrony, in the order of the catalogue.
pub const ABOVE_VIEWS: &[&Implementation] =
    &[&inside_views::causal::ENTRY, &inside_views::total::ENTRY, &transfer::ENTRY];
