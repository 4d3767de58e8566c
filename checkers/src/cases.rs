//! What tests ask of a checker.

use pepperland_core::checker::{Case, Checker};
use pepperland_core::history::History;
use pepperland_core::verdict::{Outcome, Ruling};

/// What the checker says.
pub fn ruling(checker: &Checker, history: &History) -> Ruling {
    (checker.check)(&Case::new(history)).ruling()
}

/// The sentence that proves the violation.
pub fn because(checker: &Checker, history: &History) -> String {
    match (checker.check)(&Case::new(history)).outcome {
        Outcome::Violated(witness) => witness.because,
        other => panic!("{other:?}"),
    }
}

/// The reason why nothing was decided.
pub fn undecided(checker: &Checker, history: &History) -> String {
    match (checker.check)(&Case::new(history)).outcome {
        Outcome::Undecided(reason) => reason,
        other => panic!("{other:?}"),
    }
}
