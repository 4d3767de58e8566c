//! Clock precision: the clocks of correct nodes stay close together.
//!
//! # Definition
//! At no instant do the clocks of two correct nodes differ by more than `about.bounds.precision`
//! nanoseconds (Cristian & Fetzer 1994; Kopetz & Ochsenreiter 1987: *internal* synchronisation).
//! Judged at instants at which several clocks were read: clocks read at different instants cannot
//! be compared without a bound on their drift. On a real clock twice its error is added to the
//! bound, once for each reading.
//! # Cost
//! O(n log n) in readings.
//! # Witness
//! The two readings.

use crate::clocks::readings::{Reading, error, readings};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "clock-precision",
    number: "CK1",
    statement: "the clocks of correct nodes never differ by more than the precision",
    source: "Kopetz & Ochsenreiter 1987; Cristian & Fetzer 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Clock],
    given: &[Given::Bound("precision")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(precision) = bound(case.history, "precision") else {
        return Verdict::undecided("about.bounds states no precision");
    };
    let scene = Scene::of(case);
    let most = i128::from(precision) + 2 * error(&scene);
    let mut at: BTreeMap<i128, Vec<Reading>> = BTreeMap::new();
    for reading in readings(case).into_iter().filter(|r| case.correct[r.node.index()]) {
        at.entry(reading.instant).or_default().push(reading);
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (instant, readings) in at {
        let apart = farthest(&readings);
        let Some([slow, fast]) = apart else { continue };
        tally.count(scene.time(slow.event.0), scene.time(fast.event.0));
        let difference = fast.local - slow.local;
        if difference > most && witness.is_none() {
            let proof = Proof::default()
                .yes(slow.says(case), [slow.event])
                .yes(fast.says(case), [fast.event])
                .no(format!("they differ by {most} ns at most"), []);
            witness = Some(proof.because(format!(
                "at {instant} ns {}, {}, which is {difference} ns ahead; {most} ns are allowed",
                slow.says(case),
                fast.says(case)
            )));
        }
    }
    tally.verdict(witness, "no two correct nodes read their clocks at one instant")
}

/// The slowest and the fastest clock, of different nodes, that differ most.
fn farthest(readings: &[Reading]) -> Option<[Reading; 2]> {
    let slowest = *readings.iter().min_by_key(|reading| reading.local)?;
    let fastest = *readings.iter().max_by_key(|reading| reading.local)?;
    let others = |node| readings.iter().filter(move |reading| reading.node != node);
    let above = others(slowest.node).max_by_key(|reading| reading.local);
    let below = others(fastest.node).min_by_key(|reading| reading.local);
    let pairs = [above.map(|above| [slowest, *above]), below.map(|below| [*below, fastest])];
    pairs.into_iter().flatten().max_by_key(|[slow, fast]| fast.local - slow.local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const BOUND: &str = r#""about":{"bounds":{"precision":10}}"#;

    fn read(node: &str, at: u64, local: i64) -> String {
        format!(r#"{{"t":{at},"n":"{node}","k":"clock","local":{local}}}"#)
    }

    #[test]
    fn clocks_that_are_apart_are_told() {
        let apart = history(&[BOUND], &[&read("n1", 5, -3), &read("n2", 5, 8)]);
        let told = "at 5 ns n1's clock showed -3 ns, n2's clock showed 8 ns, which is 11 ns \
                    ahead; 10 ns are allowed";
        assert_eq!(because(&ENTRY, &apart), told);
    }

    #[test]
    fn only_readings_at_one_instant_are_compared() {
        let close = history(&[BOUND], &[&read("n1", 5, -2), &read("n2", 5, 8)]);
        assert_eq!(ruling(&ENTRY, &close), Ruling::Held);
        let later = history(&[BOUND], &[&read("n1", 5, 0), &read("n2", 99, 99)]);
        assert!(undecided(&ENTRY, &later).starts_with("no two correct nodes"));
        assert!(undecided(&ENTRY, &history(&[], &[])).starts_with("about.bounds"));
    }
}
