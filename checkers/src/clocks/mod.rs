//! Clocks and deadlines: how true clocks are, and how long deliveries take.

mod bounded_termination;
mod clock_accuracy;
mod clock_monotonicity;
mod clock_precision;
mod clock_rate;
mod delivery_deadline;
mod not_too_early;
mod tightness;

mod delays;
mod readings;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &delivery_deadline::ENTRY,
    &bounded_termination::ENTRY,
    &not_too_early::ENTRY,
    &tightness::ENTRY,
    &clock_precision::ENTRY,
    &clock_accuracy::ENTRY,
    &clock_monotonicity::ENTRY,
    &clock_rate::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::draft::garbage;
    use crate::crosscheck::{Family, family_tests};
    use pepperland_core::history::Kind;

    mod of_clocks {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &clock_precision::ENTRY,
                &clock_accuracy::ENTRY,
                &clock_monotonicity::ENTRY,
                &clock_rate::ENTRY,
            ],
            histories: small::clocks,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    mod of_deliveries {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &delivery_deadline::ENTRY,
                &bounded_termination::ENTRY,
                &not_too_early::ENTRY,
                &tightness::ENTRY,
            ],
            histories: small::deliveries,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    const KINDS: &[Kind] = &[Kind::Clock, Kind::Crash, Kind::Recover, Kind::Broadcast];
    const KEYS: &[&str] = &["local", "true", "x"];

    #[test]
    fn nothing_makes_a_checker_panic() {
        crate::crosscheck::judges_anything(ALL, || garbage(KINDS, KEYS));
    }
}
