//! Not too early: no message is delivered before it can have come.
//!
//! # Definition
//! What is broadcast at `t` no correct node delivers before `t + δ`, where `δ` is
//! `about.bounds.min-delay` in nanoseconds (Cristian 1991 counts answers that come too early among
//! timing failures). On a real clock its error is granted.
//! # Cost
//! O(events).
//! # Witness
//! The broadcast and the delivery.

use crate::clocks::delays::{delays, error};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::time::Span;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "not-too-early",
    number: "TM5",
    statement: "no correct node delivers a message sooner than it can have come",
    source: "Cristian 1991",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::Bound("min-delay")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(least) = bound(case.history, "min-delay").map(Span) else {
        return Verdict::undecided("about.bounds states no min-delay");
    };
    let scene = Scene::of(case);
    let error = error(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for delay in delays(&scene) {
        tally.count(delay.from.min(delay.to), delay.to);
        if delay.to + error < delay.from + least && witness.is_none() {
            let (who, name) = (scene.who(delay.delivery.life), scene.name(delay.delivery.row));
            let (from, to) = (delay.from, delay.to);
            let proof = Proof::default()
                .yes(format!("{name} was broadcast at {from} ms"), [delay.broadcast])
                .no(format!("{who} waited {least} ms"), [EventId(delay.delivery.event)]);
            witness = Some(proof.because(format!(
                "{who} delivered {name} at {to} ms; it was broadcast at {from} ms and takes \
                 {least} ms at least"
            )));
        }
    }
    tally.verdict(witness, "no correct node delivered a message whose broadcast is known")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::clocks::small::bounded;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_early_delivery_is_told() {
        let early = bounded("min-delay", 9, "n1: !a\nn2:    a");
        let told = "n2 delivered n1:0:1 at 0.000007 ms; it was broadcast at 0.000004 ms and takes \
                    0.000009 ms at least";
        assert_eq!(because(&ENTRY, &early), told);
    }

    #[test]
    fn in_time_holds_and_without_deliveries_nothing_is_judged() {
        assert_eq!(ruling(&ENTRY, &bounded("min-delay", 3, "n1: !a\nn2:    a")), Ruling::Held);
        let none = bounded("min-delay", 3, "n1: !a");
        assert!(undecided(&ENTRY, &none).starts_with("no correct node delivered"));
    }
}
