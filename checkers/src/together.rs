//! Properties that are two properties at once.

use pepperland_core::checker::{Case, Checker};
use pepperland_core::verdict::{Outcome, Verdict};

/// Whether both hold. Where one is broken, its witness is the witness; where nothing can be said of
/// one, nothing is said of both.
pub fn judge(case: &Case<'_>, halves: [&Checker; 2]) -> Verdict {
    let [one, other] = halves.map(|half| (half, (half.check)(case)));
    let obligations = one.1.obligations + other.1.obligations;
    let critical = one.1.critical + other.1.critical;
    let discharged = one.1.discharged.zip(other.1.discharged).map(|(one, other)| one + other);
    let [one, other] = [one, other].map(|(half, verdict)| match verdict.outcome {
        Outcome::Undecided(reason) => Outcome::Undecided(format!("{}: {reason}", half.property)),
        outcome => outcome,
    });
    let outcome = match (one, other) {
        (Outcome::Violated(witness), _) | (_, Outcome::Violated(witness)) => {
            let verdict = Verdict::violated(*witness, obligations, critical);
            return Verdict { discharged, ..verdict };
        }
        (undecided @ Outcome::Undecided(_), _) | (_, undecided) => undecided,
    };
    match outcome {
        Outcome::Undecided(reason) => Verdict::undecided(reason),
        _ => Verdict::held_or_vacuous(obligations, critical, "neither half binds anything"),
    }
}
