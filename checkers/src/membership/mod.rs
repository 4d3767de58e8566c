//! Membership: how a flush goes, and what a membership service owes in the end.

mod blocking_time;
mod figures;
mod flush_shape;
mod membership_precision;
mod multicast_liveness;
mod reinclusion;
mod termination_of_delivery;
mod view_stability;

pub(crate) mod component;
pub(crate) mod owed;
pub(crate) mod snapshots;
pub(crate) mod stays;

#[cfg(test)]
pub mod oracle;
#[cfg(test)]
pub mod small;

pub use figures::ViewFigures;
use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &flush_shape::ENTRY,
    &membership_precision::ENTRY,
    &multicast_liveness::ENTRY,
    &termination_of_delivery::ENTRY,
    &reinclusion::ENTRY,
    &view_stability::ENTRY,
    &blocking_time::ENTRY,
];

#[cfg(test)]
mod tests {
    use crate::crosscheck::{Family, family_tests};

    const FAMILY: Family = Family {
        checkers: super::ALL,
        histories: super::small::histories,
        oracle: super::oracle::rule,
    };

    family_tests!(FAMILY);
}
