//! Answers: whether what clients are told fits what was asked for, in Maelstrom's workloads `echo`,
//! `unique-ids`, `broadcast`, `g-set`, `g-counter`, `pn-counter`, `lin-kv` and `kafka`.

mod counter_bounds;
mod duplicate;
mod echo;
mod lin_kv;
mod lost_write;
mod nonmonotonic_poll;
mod nonmonotonic_send;
mod poll_creation;
mod poll_skip;
mod set_agreement;
mod set_creation;
mod set_duplication;
mod set_lost;
mod set_stale;
mod unique_ids;
mod unobserved;

mod courses;
mod finals;
mod logs;
mod origins;
mod polls;
mod requests;
mod sets;
mod sums;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &echo::ENTRY,
    &unique_ids::ENTRY,
    &set_lost::ENTRY,
    &set_stale::ENTRY,
    &set_creation::ENTRY,
    &set_duplication::ENTRY,
    &set_agreement::ENTRY,
    &counter_bounds::ENTRY,
    &lin_kv::ENTRY,
    &lost_write::ENTRY,
    &unobserved::ENTRY,
    &poll_skip::ENTRY,
    &nonmonotonic_poll::ENTRY,
    &nonmonotonic_send::ENTRY,
    &duplicate::ENTRY,
    &poll_creation::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::family_tests;

    macro_rules! of {
        ($name:ident, $checkers:expr, $histories:expr, $oracle:expr) => {
            mod $name {
                use super::*;
                use crate::crosscheck::Family;

                const FAMILY: Family =
                    Family { checkers: $checkers, histories: $histories, oracle: $oracle };

                family_tests!(FAMILY);
            }
        };
    }

    of!(echoes, &[&echo::ENTRY], small::echoes, oracle::rule);
    of!(ids, &[&unique_ids::ENTRY], small::ids, oracle::rule);
    of!(counters, &[&counter_bounds::ENTRY], small::counters, oracle::rule);
    of!(sets_that_grow, SETS, small::sets, oracle::rule);
    of!(all_logs, LOGS, small::logs, oracle::rule);
    of!(stores, &[&lin_kv::ENTRY], crate::linearizability::small::keys, |_, history| {
        crate::linearizability::oracle::rule("linearizability", history)
    });

    const SETS: &[&Checker] = &[
        &set_lost::ENTRY,
        &set_stale::ENTRY,
        &set_creation::ENTRY,
        &set_duplication::ENTRY,
        &set_agreement::ENTRY,
    ];

    const LOGS: &[&Checker] = &[
        &lost_write::ENTRY,
        &unobserved::ENTRY,
        &poll_skip::ENTRY,
        &nonmonotonic_poll::ENTRY,
        &nonmonotonic_send::ENTRY,
        &duplicate::ENTRY,
        &poll_creation::ENTRY,
    ];

    #[test]
    fn every_property_is_tested() {
        assert_eq!(SETS.len() + LOGS.len() + 4, ALL.len());
    }

    #[test]
    fn nothing_makes_a_checker_panic() {
        crate::crosscheck::judges_anything(ALL, small::garbage);
    }
}
