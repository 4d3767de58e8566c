//! Tightness: a message is delivered at nearly one instant everywhere.
//!
//! # Definition
//! The instants at which correct nodes deliver a message differ by no more than
//! `about.bounds.tightness` nanoseconds (Verissimo & Rodrigues 2001: *tightness*; Cristian, Aghili,
//! Strong & Dolev 1985 for the synchronous case). A delivery that catches up after a restart or a
//! join is free, and so is who does not deliver. On a real clock its error is added to the bound.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The first and the last delivery.

use crate::clocks::delays::{Delay, delays, error};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::time::Span;
use pepperland_core::verdict::Verdict;
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "tightness",
    number: "TM6",
    statement: "correct nodes deliver a message at nearly one instant",
    source: "Verissimo & Rodrigues 2001",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::Bound("tightness")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(tightness) = bound(case.history, "tightness") else {
        return Verdict::undecided("about.bounds states no tightness");
    };
    let scene = Scene::of(case);
    let most = Span(tightness) + error(&scene);
    let mut ends: BTreeMap<u32, [Delay; 2]> = BTreeMap::new();
    let mut several: BTreeMap<u32, u32> = BTreeMap::new();
    for delay in delays(&scene) {
        let [first, last] = ends.entry(delay.delivery.row).or_insert([delay, delay]);
        *several.entry(delay.delivery.row).or_default() += 1;
        if delay.to < first.to {
            *first = delay;
        }
        if delay.to > last.to {
            *last = delay;
        }
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (row, [first, last]) in ends.into_iter().filter(|(row, _)| several[row] > 1) {
        tally.count(first.from.min(first.to), last.to);
        let apart = last.to.since(first.to);
        if apart > most && witness.is_none() {
            let name = scene.name(row);
            let [one, other] = [first, last].map(|delay| scene.who(delay.delivery.life));
            let proof = Proof::default()
                .yes(format!("{one} delivered {name}"), [EventId(first.delivery.event)])
                .no(
                    format!("{other} delivered it within {most} ms of that"),
                    [EventId(last.delivery.event)],
                );
            witness = Some(proof.because(format!(
                "{other} delivered {name} {apart} ms after {one} did; {most} ms are allowed"
            )));
        }
    }
    tally.verdict(witness, "no two correct nodes delivered one message")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::clocks::small::bounded;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_straggler_is_told() {
        let late = bounded("tightness", 3, "n1: !a a\nn2:         a");
        let told = "n2 delivered n1:0:1 0.000005 ms after n1 did; 0.000003 ms are allowed";
        assert_eq!(because(&ENTRY, &late), told);
    }

    #[test]
    fn close_together_holds_and_one_alone_is_not_judged() {
        let close = bounded("tightness", 3, "n1: !a   a\nn2:       a");
        assert_eq!(ruling(&ENTRY, &close), Ruling::Held);
        let alone = bounded("tightness", 3, "n1: !a a\nn2:");
        assert_eq!(undecided(&ENTRY, &alone), "no two correct nodes delivered one message");
    }
}
