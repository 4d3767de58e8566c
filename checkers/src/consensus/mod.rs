//! Consensus: what is proposed and decided, instance by instance; and the problems next to it.
//!
//! Two properties of the literature are not here, because a history does not hold what they speak
//! of: *external validity* (a predicate on values that only the application knows), and bounds on
//! the number of rounds until a decision.

mod abort_validity;
mod commit_validity;
mod consensus_agreement;
mod consensus_integrity;
mod consensus_non_triviality;
mod consensus_order;
mod consensus_strong_validity;
mod consensus_termination;
mod consensus_termination_if_all_propose;
mod consensus_uniform_agreement;
mod consensus_validity;
mod consensus_weak_validity;
mod k_set_agreement;
mod terminating_broadcast_accuracy;
mod terminating_broadcast_termination;
mod terminating_broadcast_validity;
mod vector_validity;

mod deciding;
mod differing;
pub mod instances;
mod proposed;
mod sender;
mod votes;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &terminating_broadcast_validity::ENTRY,
    &terminating_broadcast_accuracy::ENTRY,
    &terminating_broadcast_termination::ENTRY,
    &consensus_termination::ENTRY,
    &consensus_termination_if_all_propose::ENTRY,
    &consensus_agreement::ENTRY,
    &consensus_uniform_agreement::ENTRY,
    &consensus_validity::ENTRY,
    &consensus_integrity::ENTRY,
    &consensus_weak_validity::ENTRY,
    &consensus_strong_validity::ENTRY,
    &k_set_agreement::ENTRY,
    &vector_validity::ENTRY,
    &commit_validity::ENTRY,
    &abort_validity::ENTRY,
    &consensus_order::ENTRY,
    &consensus_non_triviality::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::{Family, family_tests};

    /// Consensus proper.
    mod plain {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &consensus_termination::ENTRY,
                &consensus_termination_if_all_propose::ENTRY,
                &consensus_agreement::ENTRY,
                &consensus_uniform_agreement::ENTRY,
                &consensus_validity::ENTRY,
                &consensus_integrity::ENTRY,
                &consensus_weak_validity::ENTRY,
                &k_set_agreement::ENTRY,
            ],
            histories: small::plain,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Where all want the same.
    mod of_one_mind {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&consensus_non_triviality::ENTRY],
            histories: small::of_one_mind,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Where nodes lie.
    mod among_liars {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&consensus_strong_validity::ENTRY, &vector_validity::ENTRY],
            histories: small::among_liars,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Atomic commitment.
    mod commitment {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&commit_validity::ENTRY, &abort_validity::ENTRY],
            histories: small::commitment,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Terminating reliable broadcast.
    mod broadcast {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &terminating_broadcast_validity::ENTRY,
                &terminating_broadcast_accuracy::ENTRY,
                &terminating_broadcast_termination::ENTRY,
            ],
            histories: small::broadcast,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Atomic broadcast by consensus.
    mod reduction {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&consensus_order::ENTRY],
            histories: small::reduction,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }
}
