//! State transfer: what a joiner gets, and what it does next.

mod donor_consistency;
mod no_lost_update_in_merge;
mod rejoin_replaces_state;
mod state_exchange_liveness;
mod state_transfer;
mod state_transfer_completion;
mod state_transfer_gap;

mod donors;
mod snapshot;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &state_transfer::ENTRY,
    &state_transfer_gap::ENTRY,
    &donor_consistency::ENTRY,
    &state_transfer_completion::ENTRY,
    &rejoin_replaces_state::ENTRY,
    &no_lost_update_in_merge::ENTRY,
    &state_exchange_liveness::ENTRY,
];

#[cfg(test)]
mod joins {
    use crate::crosscheck::{Family, family_tests};

    const FAMILY: Family = Family {
        checkers: &[
            &super::state_transfer::ENTRY,
            &super::state_transfer_gap::ENTRY,
            &super::donor_consistency::ENTRY,
        ],
        histories: super::small::joins,
        oracle: super::oracle::rule,
    };

    family_tests!(FAMILY);
}

#[cfg(test)]
mod returns {
    use crate::crosscheck::{Family, family_tests};

    const FAMILY: Family = Family {
        checkers: &[
            &super::state_transfer_completion::ENTRY,
            &super::rejoin_replaces_state::ENTRY,
            &super::state_exchange_liveness::ENTRY,
        ],
        histories: super::small::returns,
        oracle: super::oracle::rule,
    };

    family_tests!(FAMILY);
}

#[cfg(test)]
mod merges {
    use crate::crosscheck::{Family, family_tests};

    const FAMILY: Family = Family {
        checkers: &[&super::no_lost_update_in_merge::ENTRY],
        histories: super::small::merges,
        oracle: super::oracle::rule,
    };

    family_tests!(FAMILY);
}
