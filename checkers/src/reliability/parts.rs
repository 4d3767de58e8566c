//! Properties that are two others at once.

use pepperland_core::checker::{Case, Checker};
use pepperland_core::verdict::{Outcome, Verdict};

/// Both must hold. Obligations are those of both, so one of them may have had nothing to judge.
pub fn both(case: &Case<'_>, one: &Checker, other: &Checker) -> Verdict {
    let (one, other) = ((one.check)(case), (other.check)(case));
    let obligations = one.obligations + other.obligations;
    let critical = one.critical + other.critical;
    let discharged = one.discharged.zip(other.discharged).map(|(one, other)| one + other);
    let outcome = match (one.outcome, other.outcome) {
        (Outcome::Violated(witness), _) | (_, Outcome::Violated(witness)) => {
            let verdict = Verdict::violated(*witness, obligations, critical);
            return Verdict { discharged, ..verdict };
        }
        (Outcome::Held, _) | (_, Outcome::Held) => Outcome::Held,
        (Outcome::Undecided(reason), _) => Outcome::Undecided(reason),
    };
    Verdict { outcome, obligations, discharged: Some(obligations), critical }
}
