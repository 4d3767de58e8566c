//! The environment: what an implementation was promised. A broken promise is nobody's flaw.
//!
//! A promise is judged only where the header makes it: by the channel of its contract, by a bound
//! under `about.bounds`, or by its workload.

mod authentication;
mod delay_bound;
mod drift_bound;
mod fair_loss;
mod fault_budget;
mod link_no_creation;
mod link_no_duplication;
mod link_validity;
mod omission_degree;
mod register_completeness;
mod register_contract;
mod register_write_order;

mod frames;
mod registers;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::{Case, Checker};
use pepperland_core::verdict::Verdict;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &link_validity::ENTRY,
    &link_no_duplication::ENTRY,
    &link_no_creation::ENTRY,
    &fair_loss::ENTRY,
    &fault_budget::ENTRY,
    &delay_bound::ENTRY,
    &drift_bound::ENTRY,
    &authentication::ENTRY,
    &omission_degree::ENTRY,
    &register_contract::ENTRY,
    &register_write_order::ENTRY,
    &register_completeness::ENTRY,
];

/// The reason where the channel is not known to promise so much.
const UNKNOWN_CHANNEL: &str = "the header does not promise this of its channels";

/// Whether the history's header makes the promise.
fn promised(case: &Case<'_>, promise: &Checker) -> bool {
    promise.given.iter().all(|given| given.is_met(case.history))
}

/// The verdict where the header states no bound.
fn unbounded(name: &str) -> Verdict {
    Verdict::undecided(format!("the header states no about.bounds.{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::{Family, family_tests, on_each};
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    const FRAMES: Family = Family {
        checkers: &[
            &link_validity::ENTRY,
            &link_no_duplication::ENTRY,
            &link_no_creation::ENTRY,
            &fair_loss::ENTRY,
            &fault_budget::ENTRY,
            &delay_bound::ENTRY,
            &drift_bound::ENTRY,
            &authentication::ENTRY,
            &omission_degree::ENTRY,
        ],
        histories: small::frames,
        oracle: oracle::rule,
    };

    family_tests!(FRAMES);

    #[test]
    fn nonsense_makes_no_checker_panic() {
        let judged = RefCell::new(BTreeSet::new());
        on_each(small::garbage(), |history| {
            let rulings = crate::all().map(|checker| (checker.check)(&Case::new(history)).ruling());
            judged.borrow_mut().extend(rulings);
            Ok(())
        });
        assert_eq!(judged.into_inner().len(), 3, "nonsense of every kind");
    }

    mod registers {
        use super::*;

        const REGISTERS: Family = Family {
            checkers: &[&register_contract::ENTRY, &register_write_order::ENTRY],
            histories: small::registers,
            oracle: oracle::rule,
        };

        family_tests!(REGISTERS);
    }

    mod writes {
        use super::*;

        const WRITES: Family = Family {
            checkers: &[&register_completeness::ENTRY],
            histories: small::seen::writes,
            oracle: oracle::rule,
        };

        family_tests!(WRITES);
    }
}
