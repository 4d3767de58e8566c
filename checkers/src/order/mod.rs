//! Order: in which sequence messages are delivered.

mod causal;
mod causal_total_order;
mod consecutive_slots;
mod fifo;
mod fifo_across_groups;
mod fifo_across_incarnations;
mod fifo_correct_senders;
mod fifo_order;
mod fifo_total_order;
mod gap_free_total_order;
mod prefix_order;
mod total_order;
mod uniform_fifo;
mod uniform_fifo_order;
mod uniform_gap_free_total_order;
mod uniform_total_order;

mod causes;
mod clocks;
mod course;
mod gap_free;
mod pairwise;
mod sender_order;
mod sequence;
mod slots;
mod together;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &fifo::ENTRY,
    &fifo_order::ENTRY,
    &uniform_fifo::ENTRY,
    &uniform_fifo_order::ENTRY,
    &fifo_correct_senders::ENTRY,
    &fifo_across_incarnations::ENTRY,
    &fifo_across_groups::ENTRY,
    &causal::ENTRY,
    &total_order::ENTRY,
    &uniform_total_order::ENTRY,
    &gap_free_total_order::ENTRY,
    &uniform_gap_free_total_order::ENTRY,
    &prefix_order::ENTRY,
    &consecutive_slots::ENTRY,
    &fifo_total_order::ENTRY,
    &causal_total_order::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::oracle::rule;
    use super::small::{Taste, What, histories};
    use super::*;
    use crate::crosscheck::{Family, family_tests, multicast};

    /// Orders in one group, on the common histories.
    mod common {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &fifo::ENTRY,
                &fifo_order::ENTRY,
                &uniform_fifo::ENTRY,
                &uniform_fifo_order::ENTRY,
                &fifo_correct_senders::ENTRY,
                &causal::ENTRY,
                &total_order::ENTRY,
                &uniform_total_order::ENTRY,
                &gap_free_total_order::ENTRY,
                &uniform_gap_free_total_order::ENTRY,
                &prefix_order::ENTRY,
                &fifo_total_order::ENTRY,
                &causal_total_order::ENTRY,
            ],
            histories: multicast::history,
            oracle: rule,
        };

        family_tests!(FAMILY);
    }

    /// Slots.
    mod slotted {
        use super::*;

        const TASTE: Taste = Taste {
            groups: 10,
            recovery: 30,
            settle: 30,
            viewed: 0,
            real: 20,
            weights: &[(What::Skip, 4), (What::Crash, 3), (What::Recover, 5), (What::Snapshot, 1)],
        };
        const FAMILY: Family = Family {
            checkers: &[&consecutive_slots::ENTRY],
            histories: || histories(&TASTE),
            oracle: rule,
        };

        family_tests!(FAMILY);
    }

    /// Messages to two groups.
    mod groups {
        use super::*;

        const TASTE: Taste = Taste {
            groups: 80,
            recovery: 30,
            settle: 50,
            viewed: 0,
            real: 20,
            weights: &[
                (What::Skip, 4),
                (What::Any, 3),
                (What::Crash, 3),
                (What::Recover, 5),
                (What::Snapshot, 1),
            ],
        };
        const FAMILY: Family = Family {
            checkers: &[&fifo_across_groups::ENTRY],
            histories: || histories(&TASTE),
            oracle: rule,
        };

        family_tests!(FAMILY);
    }

    /// Nodes that restart.
    mod restarts {
        use super::*;

        const TASTE: Taste = Taste {
            groups: 10,
            recovery: 90,
            settle: 20,
            viewed: 0,
            real: 20,
            weights: &[
                (What::Skip, 10),
                (What::Any, 6),
                (What::Crash, 12),
                (What::Recover, 30),
                (What::Snapshot, 1),
            ],
        };
        const FAMILY: Family = Family {
            checkers: &[&fifo_across_incarnations::ENTRY, &fifo_correct_senders::ENTRY],
            histories: || histories(&TASTE),
            oracle: rule,
        };

        family_tests!(FAMILY);
    }
}
