//! Several groups, possibly overlapping: order across them, and who takes part.
//!
//! Validity, agreement and integrity in groups are those of reliability: what a message obliges to
//! is restricted there to the members of the group that it is for.

mod acyclic_order;
mod closed_group;
mod genuineness;
mod local_total_order;
mod pairwise_total_order;
mod strict_genuineness;
mod uniform_local_total_order;
mod uniform_pairwise_total_order;
mod uniform_prefix_order;

mod cycle;
mod frames;
mod prefixes;

#[cfg(test)]
pub mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &local_total_order::ENTRY,
    &uniform_local_total_order::ENTRY,
    &pairwise_total_order::ENTRY,
    &uniform_pairwise_total_order::ENTRY,
    &acyclic_order::ENTRY,
    &uniform_prefix_order::ENTRY,
    &genuineness::ENTRY,
    &strict_genuineness::ENTRY,
    &closed_group::ENTRY,
];

#[cfg(test)]
mod tests {
    use crate::groups::small;

    mod order {
        use crate::crosscheck::{Family, family_tests};
        use crate::groups::{ALL, oracle, small};

        const FAMILY: Family = Family {
            checkers: ALL.split_at(6).0,
            histories: small::deliveries,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    mod traffic {
        use crate::crosscheck::{Family, family_tests};
        use crate::groups::{ALL, oracle, small};

        const FAMILY: Family =
            Family { checkers: ALL.split_at(6).1, histories: small::traffic, oracle: oracle::rule };

        family_tests!(FAMILY);
    }

    #[test]
    fn frames_without_sense_make_no_checker_panic() {
        let history = small::frames_without_sense();
        for checker in super::ALL {
            crate::cases::ruling(checker, &history);
        }
        assert_eq!(crate::cases::undecided(super::ALL[6], &history), super::genuineness::NOTHING);
    }

    /// What several groups add to reliability is that only members owe anything.
    #[test]
    fn reliability_asks_nothing_of_outsiders() {
        let groups = ["g:1,2", "h:2,3"];
        let judge = |picture: &str, property| {
            let history = small::in_groups(&groups, picture);
            crate::cases::ruling(crate::find(property).unwrap(), &history)
        };
        use pepperland_core::verdict::Ruling::{Held, Violated};
        for property in ["validity-all", "agreement", "uniform-agreement", "no-creation"] {
            assert_eq!(judge("n1: !a/g a\nn2:      a\nn3:", property), Held, "{property}");
        }
        assert_eq!(judge("n1: !a/g a\nn2:\nn3:", "agreement"), Violated);
        assert_eq!(judge("n1: !a/g a\nn2: a\nn3:     a", "no-creation"), Violated);
    }
}
