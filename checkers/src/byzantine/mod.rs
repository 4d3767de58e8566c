//! Where nodes may lie: Byzantine broadcast, and DifATo, an atomic broadcast by such servers.

mod accept_certificate;
mod bounded_sequencer_change;
mod byzantine_consistency;
mod byzantine_integrity;
mod byzantine_totality;
mod byzantine_validity;
mod difato_agreement;
mod difato_integrity;
mod difato_total_order;
mod difato_validity;
mod exclusion_certificate;
mod no_permanent_hole;
mod one_accept_per_slot;
mod sequencer_change_certificate;

mod changes;
mod integrity;
pub mod roles;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &byzantine_validity::ENTRY,
    &byzantine_integrity::ENTRY,
    &byzantine_consistency::ENTRY,
    &byzantine_totality::ENTRY,
    &difato_validity::ENTRY,
    &difato_agreement::ENTRY,
    &difato_integrity::ENTRY,
    &difato_total_order::ENTRY,
    &accept_certificate::ENTRY,
    &one_accept_per_slot::ENTRY,
    &sequencer_change_certificate::ENTRY,
    &no_permanent_hole::ENTRY,
    &bounded_sequencer_change::ENTRY,
    &exclusion_certificate::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::{Family, family_tests};

    /// What is delivered.
    mod deliveries {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &byzantine_validity::ENTRY,
                &byzantine_integrity::ENTRY,
                &byzantine_consistency::ENTRY,
                &byzantine_totality::ENTRY,
                &difato_validity::ENTRY,
                &difato_agreement::ENTRY,
                &difato_integrity::ENTRY,
                &difato_total_order::ENTRY,
                &no_permanent_hole::ENTRY,
            ],
            histories: small::deliveries,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// What servers do.
    mod servers {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &accept_certificate::ENTRY,
                &one_accept_per_slot::ENTRY,
                &sequencer_change_certificate::ENTRY,
            ],
            histories: small::servers,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Sequencers that come and go.
    mod rotations {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&bounded_sequencer_change::ENTRY],
            histories: small::rotations,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Members that are excluded.
    mod exclusions {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&exclusion_certificate::ENTRY],
            histories: small::exclusions::histories,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }
}
