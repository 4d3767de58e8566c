//! Suspicion is monotone: who is suspected once is suspected for ever.
//!
//! # Definition
//! Where crashed nodes never come back, a monitor that suspects a node never trusts it again: its
//! output is a growing set, as that of the perfect detector may be (Chandra & Toueg 1996). Judged
//! in the crash-stop model only; it binds every monitor but Byzantine ones.
//! # Cost
//! O(events · log pairs).
//! # Witness
//! The suspicion and the trust.

use crate::detectors::watch::Watch;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class};
use pepperland_core::history::{EventId, FailureModel, Kind};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "suspicion-monotonicity",
    number: "FD8",
    statement: "who suspects a node never trusts it again",
    source: "Chandra & Toueg 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: &[FailureModel::CrashStop],
    cost: "O(events · log pairs)",
    needs: &[Kind::Suspect],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if case.history.header.failure_model != FailureModel::CrashStop {
        return Verdict::undecided("crashed nodes may come back");
    }
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for ((monitor, target), turns) in &watch.turns {
        let mut suspected = None;
        for turn in turns.iter().filter(|turn| turn.changes) {
            let (m, t) = (watch.name(*monitor), watch.name(*target));
            match suspected {
                _ if turn.suspects => {
                    tally.count(watch.time(turn.event), watch.end);
                    suspected = Some(turn.event);
                }
                Some(before) if witness.is_none() => {
                    let proof = Proof::default()
                        .yes(format!("{m} suspected {t}"), [EventId(before)])
                        .no("it never trusts it after that", [EventId(turn.event)]);
                    witness = Some(proof.because(format!("{m} suspected {t} and trusts it again")));
                }
                _ => {}
            }
        }
    }
    tally.verdict(witness, "nobody suspected anybody")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_suspicion_is_not_taken_back() {
        let of = |words| spoken(&json!({}), words);
        let told = "n1 suspected n2 and trusts it again";
        assert_eq!(because(&ENTRY, &of("n1 suspect n2; n1 trust n2")), told);
        assert_eq!(ruling(&ENTRY, &of("n1 trust n2; n1 suspect n2")), Ruling::Held);
        let header = json!({"failure_model": "crash-recovery"});
        let history = spoken(&header, "n1 suspect n2; n1 trust n2");
        assert_eq!(undecided(&ENTRY, &history), "crashed nodes may come back");
    }
}
