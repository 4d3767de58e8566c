//! Clock rate: a clock neither races nor drags.
//!
//! # Definition
//! Between two readings in one incarnation that follow each other, a correct node's clock goes on
//! by the time that passed, give or take a share `γ` of it (Cristian & Fetzer 1994; Srikanth &
//! Toueg 1987: *linear envelope*). `γ` is `about.bounds.rate` in millionths. So corrections must be
//! spread over time. One nanosecond is granted for rounding and, on a real clock, twice its error,
//! once for each reading. Readings whose instants do not grow are not judged.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The two readings.

use crate::clocks::readings::{error, readings, steps};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "clock-rate",
    number: "CK4",
    statement: "a correct node's clock goes on as time does, give or take the rate",
    source: "Srikanth & Toueg 1987; Cristian & Fetzer 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Clock],
    given: &[Given::Bound("rate")],
    check,
};

const MILLION: i128 = 1_000_000;

fn check(case: &Case<'_>) -> Verdict {
    let Some(rate) = bound(case.history, "rate") else {
        return Verdict::undecided("about.bounds states no rate");
    };
    let scene = Scene::of(case);
    let granted = 1 + 2 * error(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for [before, after] in steps(&readings(case)) {
        let (passed, shown) = (after.instant - before.instant, after.local - before.local);
        if passed <= 0 || !case.correct[after.node.index()] {
            continue;
        }
        tally.count(scene.time(before.event.0), scene.time(after.event.0));
        let off = (shown - passed).abs() - granted;
        if off.saturating_mul(MILLION) > passed.saturating_mul(rate.into()) && witness.is_none() {
            let who = case.history.node_name(after.node);
            let proof = Proof::default()
                .yes(before.says(case), [before.event])
                .no(format!("it went on by {passed} ns, give or take {rate} ppm"), [after.event]);
            witness = Some(proof.because(format!(
                "{who}'s clock went on by {shown} ns in {passed} ns; {rate} ppm are allowed"
            )));
        }
    }
    tally.verdict(witness, "no correct node read its clock twice while time went on")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const BOUND: &str = r#""about":{"bounds":{"rate":100000}}"#;

    fn read(at: u64, local: i64) -> String {
        format!(r#"{{"t":{at},"n":"n1","k":"clock","local":{local}}}"#)
    }

    #[test]
    fn a_clock_that_races_is_told() {
        let races = history(&[BOUND], &[&read(0, 0), &read(100, 112)]);
        let told = "n1's clock went on by 112 ns in 100 ns; 100000 ppm are allowed";
        assert_eq!(because(&ENTRY, &races), told);
    }

    #[test]
    fn a_tenth_is_a_tenth_of_the_time_that_passed() {
        let near = history(&[BOUND], &[&read(0, 0), &read(100, 111)]);
        assert_eq!(ruling(&ENTRY, &near), Ruling::Held);
        let one = history(&[BOUND], &[&read(0, 0)]);
        assert!(undecided(&ENTRY, &one).starts_with("no correct node read its clock twice"));
    }
}
