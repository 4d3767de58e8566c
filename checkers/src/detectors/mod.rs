//! Failure detectors: what they say of who is up, beside what the crashes in the history say.

mod accrual_consistency;
mod detector_accuracy;
mod detector_completeness;
mod detector_detection_time;
mod detector_eventual_accuracy;
mod detector_eventual_strong_accuracy;
mod detector_mistake_duration;
mod detector_mistake_recurrence;
mod detector_weak_accuracy;
mod detector_weak_completeness;
mod eventual_leader;
mod suspicion_monotonicity;

mod figures;
mod quality;
mod settled;
pub(crate) mod watch;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

pub use figures::Figures;
pub use quality::{Quality, quality};

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &detector_completeness::ENTRY,
    &detector_weak_completeness::ENTRY,
    &detector_accuracy::ENTRY,
    &detector_weak_accuracy::ENTRY,
    &detector_eventual_strong_accuracy::ENTRY,
    &detector_eventual_accuracy::ENTRY,
    &eventual_leader::ENTRY,
    &detector_detection_time::ENTRY,
    &detector_mistake_recurrence::ENTRY,
    &detector_mistake_duration::ENTRY,
    &suspicion_monotonicity::ENTRY,
    &accrual_consistency::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::{Family, family_tests};

    /// Crashes, restarts, pauses and departures.
    mod usual {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &detector_completeness::ENTRY,
                &detector_weak_completeness::ENTRY,
                &detector_accuracy::ENTRY,
                &detector_eventual_strong_accuracy::ENTRY,
                &eventual_leader::ENTRY,
                &detector_detection_time::ENTRY,
                &suspicion_monotonicity::ENTRY,
            ],
            histories: small::history,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Levels of suspicion.
    mod levels {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&accrual_consistency::ENTRY],
            histories: small::levels,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }

    /// Many mistakes among few.
    mod erring {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &detector_weak_accuracy::ENTRY,
                &detector_eventual_accuracy::ENTRY,
                &detector_mistake_recurrence::ENTRY,
                &detector_mistake_duration::ENTRY,
            ],
            histories: small::erring,
            oracle: oracle::rule,
        };

        family_tests!(FAMILY);
    }
}
