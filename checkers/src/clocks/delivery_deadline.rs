//! Delivery deadline: no message is delivered after its time.
//!
//! # Definition
//! What is broadcast at `t` no correct node delivers after `t + Δ` (Hadzilacos & Toueg 1994:
//! *real-time Δ-timeliness*), where `Δ` is `about.bounds.deadline` in nanoseconds. Whether it is
//! delivered at all is another question: bounded-termination. A delivery that catches up after a
//! restart or a join is free. On a real clock its error is added to `Δ`.
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
    property: "delivery-deadline",
    number: "TM1",
    statement: "no correct node delivers a message later than the deadline after its broadcast",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::Bound("deadline")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(deadline) = bound(case.history, "deadline") else {
        return Verdict::undecided("about.bounds states no deadline");
    };
    let scene = Scene::of(case);
    let most = Span(deadline) + error(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for delay in delays(&scene) {
        tally.count(delay.from.min(delay.to), delay.to);
        let took = delay.to.since(delay.from);
        if took > most && witness.is_none() {
            let (who, name) = (scene.who(delay.delivery.life), scene.name(delay.delivery.row));
            let proof =
                Proof::default().yes(format!("{name} was broadcast"), [delay.broadcast]).no(
                    format!("{who} delivered it within {most} ms"),
                    [EventId(delay.delivery.event)],
                );
            witness = Some(proof.because(format!(
                "{who} delivered {name} {took} ms after its broadcast; {most} ms are allowed"
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
    fn a_late_delivery_is_told() {
        let late = bounded("deadline", 3, "n1: !a\nn2:        a");
        let told = "n2 delivered n1:0:1 0.000007 ms after its broadcast; 0.000003 ms are allowed";
        assert_eq!(because(&ENTRY, &late), told);
    }

    #[test]
    fn in_time_holds_and_catching_up_is_free() {
        assert_eq!(ruling(&ENTRY, &bounded("deadline", 3, "n1: !a\nn2:    a")), Ruling::Held);
        let joiner = bounded("deadline", 3, "n1: {1} !a {1,2}\nn2:        {1,2} a");
        assert!(undecided(&ENTRY, &joiner).starts_with("no correct node delivered"));
    }
}
