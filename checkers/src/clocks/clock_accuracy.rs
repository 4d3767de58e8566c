//! Clock accuracy: the clocks of correct nodes stay close to true time.
//!
//! # Definition
//! A correct node's clock never differs from true time by more than `about.bounds.accuracy`
//! nanoseconds (Kopetz & Ochsenreiter 1987: *external* synchronisation). On a real clock, whose
//! time is a measurement too, its error is added to the bound.
//! # Cost
//! O(events).
//! # Witness
//! The reading.

use crate::clocks::readings::{error, readings};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "clock-accuracy",
    number: "CK2",
    statement: "a correct node's clock never differs from true time by more than the accuracy",
    source: "Kopetz & Ochsenreiter 1987",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Clock],
    given: &[Given::Bound("accuracy")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(accuracy) = bound(case.history, "accuracy") else {
        return Verdict::undecided("about.bounds states no accuracy");
    };
    let scene = Scene::of(case);
    let most = i128::from(accuracy) + error(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for reading in readings(case).into_iter().filter(|r| case.correct[r.node.index()]) {
        tally.count(scene.time(reading.event.0), scene.time(reading.event.0));
        if (reading.local - reading.instant).abs() > most && witness.is_none() {
            let (says, instant) = (reading.says(case), reading.instant);
            let proof = Proof::default()
                .yes(says.clone(), [reading.event])
                .no(format!("it was {instant} ns, give or take {most} ns"), []);
            witness =
                Some(proof.because(format!("{says} at {instant} ns; it may be off by {most} ns")));
        }
    }
    tally.verdict(witness, "no correct node read its clock")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const BOUND: &str = r#""about":{"bounds":{"accuracy":10}}"#;

    #[test]
    fn a_clock_that_is_off_is_told() {
        let off = r#"{"t":20,"n":"n1","k":"clock","local":9}"#;
        let told = "n1's clock showed 9 ns at 20 ns; it may be off by 10 ns";
        assert_eq!(because(&ENTRY, &history(&[BOUND], &[off])), told);
    }

    #[test]
    fn true_time_is_what_is_stated_and_the_faulty_are_free() {
        let stated = r#"{"t":50,"n":"n1","k":"clock","local":9,"true":19}"#;
        assert_eq!(ruling(&ENTRY, &history(&[BOUND], &[stated])), Ruling::Held);
        let crash = r#"{"t":60,"n":"n1","k":"crash"}"#;
        let off = r#"{"t":50,"n":"n1","k":"clock","local":9}"#;
        let faulty = history(&[BOUND], &[off, crash]);
        assert_eq!(undecided(&ENTRY, &faulty), "no correct node read its clock");
    }
}
