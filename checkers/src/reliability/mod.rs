//! Reliability: what is delivered, to whom, how often.

mod agreement;
mod anycast_at_least_one;
mod anycast_at_most_one;
mod buffer_boundedness;
mod byzantine_no_creation;
mod integrity;
mod k_reply;
mod majority_uniform_agreement;
mod membership_gating;
mod no_creation;
mod no_duplication;
mod no_duplication_across_incarnations;
mod no_duplication_per_incarnation;
mod no_forgery;
mod no_misdelivery;
mod no_precognition;
mod payload_integrity;
mod quiescence;
mod safe_discard;
mod uniform_agreement;
mod uniform_integrity;
mod uniform_no_creation;
mod uniform_no_duplication;
mod validity_all;
mod validity_self;
mod validity_some;

mod absent;
mod creation;
mod duplicates;
mod faithful;
pub mod owed;
pub mod promises;
mod receipts;

#[cfg(test)]
pub mod oracle;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &no_creation::ENTRY,
    &uniform_no_creation::ENTRY,
    &byzantine_no_creation::ENTRY,
    &no_forgery::ENTRY,
    &payload_integrity::ENTRY,
    &no_precognition::ENTRY,
    &no_misdelivery::ENTRY,
    &no_duplication::ENTRY,
    &uniform_no_duplication::ENTRY,
    &no_duplication_per_incarnation::ENTRY,
    &no_duplication_across_incarnations::ENTRY,
    &validity_self::ENTRY,
    &validity_all::ENTRY,
    &validity_some::ENTRY,
    &agreement::ENTRY,
    &uniform_agreement::ENTRY,
    &integrity::ENTRY,
    &uniform_integrity::ENTRY,
    &majority_uniform_agreement::ENTRY,
    &safe_discard::ENTRY,
    &quiescence::ENTRY,
    &buffer_boundedness::ENTRY,
    &membership_gating::ENTRY,
    &k_reply::ENTRY,
    &anycast_at_most_one::ENTRY,
    &anycast_at_least_one::ENTRY,
];

#[cfg(test)]
mod tests {
    use crate::crosscheck::{Family, family_tests, multicast};
    use crate::reliability::*;

    const MULTICAST: Family = Family {
        checkers: &[
            &no_creation::ENTRY,
            &uniform_no_creation::ENTRY,
            &byzantine_no_creation::ENTRY,
            &no_forgery::ENTRY,
            &payload_integrity::ENTRY,
            &no_duplication::ENTRY,
            &uniform_no_duplication::ENTRY,
            &no_duplication_per_incarnation::ENTRY,
            &no_duplication_across_incarnations::ENTRY,
            &validity_self::ENTRY,
            &validity_all::ENTRY,
            &validity_some::ENTRY,
            &agreement::ENTRY,
            &uniform_agreement::ENTRY,
            &integrity::ENTRY,
            &uniform_integrity::ENTRY,
            &majority_uniform_agreement::ENTRY,
        ],
        histories: multicast::history,
        oracle: oracle::rule,
    };

    family_tests!(MULTICAST);

    mod parts {
        use super::*;

        const PARTS: Family = Family {
            checkers: &[
                &no_forgery::ENTRY,
                &payload_integrity::ENTRY,
                &no_precognition::ENTRY,
                &no_misdelivery::ENTRY,
            ],
            histories: small::parts,
            oracle: oracle::rule,
        };

        family_tests!(PARTS);
    }

    mod network {
        use super::*;

        const NETWORK: Family = Family {
            checkers: &[&safe_discard::ENTRY, &quiescence::ENTRY, &buffer_boundedness::ENTRY],
            histories: small::network,
            oracle: runs::rule,
        };

        family_tests!(NETWORK);
    }

    mod members {
        use super::*;

        const MEMBERS: Family = Family {
            checkers: &[&membership_gating::ENTRY],
            histories: small::members,
            oracle: runs::rule,
        };

        family_tests!(MEMBERS);
    }

    mod clients {
        use super::*;

        const CLIENTS: Family =
            Family { checkers: &[&k_reply::ENTRY], histories: small::clients, oracle: runs::rule };

        family_tests!(CLIENTS);
    }

    mod anycast {
        use super::*;

        const ANYCAST: Family = Family {
            checkers: &[&anycast_at_most_one::ENTRY, &anycast_at_least_one::ENTRY],
            histories: small::anycast,
            oracle: oracle::rule,
        };

        family_tests!(ANYCAST);
    }
}
