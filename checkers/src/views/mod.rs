//! Views: membership, virtual synchrony, partitions.
//!
//! Every group has views of its own. [`installs`] reads who installed which view after which,
//! [`placed`] in which view every message was sent and delivered; both are worked out once.

mod dynamic_uniformity;
mod extended_virtual_synchrony;
mod initial_view;
mod no_delivery_from_excluded;
mod not_in_next_view;
mod primary_continuity;
mod primary_exclusion_in_time;
mod primary_majority;
mod primary_static_majority;
mod primary_uniqueness;
mod same_view_delivery;
mod self_delivery;
mod self_inclusion;
mod sending_view_delivery;
mod successor_agreement;
mod transitional_set;
mod view_agreement;
mod view_atomicity;
mod view_monotonicity;
mod virtual_synchrony;
mod weak_sending_view_delivery;

mod atomic;
pub mod installs;
mod origins;
pub mod placed;
mod primaries;
mod sending;

#[cfg(test)]
pub mod cases;
#[cfg(test)]
pub mod oracle;
#[cfg(test)]
pub mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &self_inclusion::ENTRY,
    &view_monotonicity::ENTRY,
    &initial_view::ENTRY,
    &view_agreement::ENTRY,
    &primary_uniqueness::ENTRY,
    &primary_continuity::ENTRY,
    &primary_majority::ENTRY,
    &primary_static_majority::ENTRY,
    &primary_exclusion_in_time::ENTRY,
    &sending_view_delivery::ENTRY,
    &weak_sending_view_delivery::ENTRY,
    &same_view_delivery::ENTRY,
    &virtual_synchrony::ENTRY,
    &view_atomicity::ENTRY,
    &not_in_next_view::ENTRY,
    &no_delivery_from_excluded::ENTRY,
    &transitional_set::ENTRY,
    &successor_agreement::ENTRY,
    &self_delivery::ENTRY,
    &extended_virtual_synchrony::ENTRY,
    &dynamic_uniformity::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Properties that need many views and few messages.
    const MEMBERSHIP: &[&Checker] = &[
        &self_inclusion::ENTRY,
        &view_monotonicity::ENTRY,
        &view_agreement::ENTRY,
        &primary_uniqueness::ENTRY,
        &primary_continuity::ENTRY,
        &primary_majority::ENTRY,
        &primary_static_majority::ENTRY,
        &primary_exclusion_in_time::ENTRY,
        &transitional_set::ENTRY,
        &successor_agreement::ENTRY,
    ];

    /// Properties that need many messages and few views.
    const MULTICAST: &[&Checker] = &[
        &initial_view::ENTRY,
        &sending_view_delivery::ENTRY,
        &weak_sending_view_delivery::ENTRY,
        &same_view_delivery::ENTRY,
        &virtual_synchrony::ENTRY,
        &view_atomicity::ENTRY,
        &not_in_next_view::ENTRY,
        &no_delivery_from_excluded::ENTRY,
        &self_delivery::ENTRY,
        &extended_virtual_synchrony::ENTRY,
        &dynamic_uniformity::ENTRY,
    ];

    #[test]
    fn every_property_is_tested() {
        assert_eq!(MEMBERSHIP.len() + MULTICAST.len(), ALL.len());
    }

    mod membership {
        use crate::crosscheck::{Family, family_tests};
        use crate::views::{oracle, small};

        const FAMILY: Family = Family {
            checkers: super::MEMBERSHIP,
            histories: || small::history(small::VIEWS),
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    mod multicast {
        use crate::crosscheck::{Family, family_tests};
        use crate::views::{oracle, small};

        const FAMILY: Family = Family {
            checkers: super::MULTICAST,
            histories: || small::history(small::MESSAGES),
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }
}
