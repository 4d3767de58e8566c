//! Optimistic termination: what a correct node delivers optimistically, it delivers in the end.
//!
//! # Definition
//! If a correct node delivers `m` optimistically, it delivers `m` in the end (Pedone & Schiper:
//! *Termination* of optimistic atomic broadcast). A history has no event that takes a hope back; an
//! implementation that may do so does not promise this. Where a restart forgets, what an
//! incarnation that crashed hoped for is void, any incarnation of the node discharges it, and a
//! node whose last life starts late does not owe what was broadcast before.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! The broadcast and the optimistic delivery; that the final one never came cannot be shown by an
//! event.

use crate::order::lateness::Lateness;
use crate::reliability::owed::INCOMPLETE;
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "optimistic-termination",
    number: "OR15, termination",
    statement: "what a correct node delivers optimistically, it delivers in the end",
    source: "Pedone & Schiper 1998",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::OptDeliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let bound = scene.bound(Bound::Surviving);
    let mut delivered = Deliverers::<u64>::empty(scene.table.len(), scene.history.node_count());
    for delivery in scene.deliveries() {
        delivered.insert(delivery.row, scene.node(delivery.life));
    }
    let mut lateness = Lateness::of(&scene);
    lateness.pass(&scene, NONE);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let hopes = scene.indications().filter(|(kind, _)| *kind == Kind::OptDeliver);
    for (_, hope) in hopes.filter(|(_, hope)| bound[hope.life as usize]) {
        let fine = delivered.has(hope.row, scene.node(hope.life));
        if fine || !lateness.excuses(&scene, hope.life, hope.row) {
            tally.count(scene.time(hope.event), scene.history.end());
        }
        if !fine && !lateness.excuses(&scene, hope.life, hope.row) {
            witness = witness.or_else(|| Some(never(&scene, hope)));
        }
    }
    tally.verdict(witness, "no correct node delivered anything optimistically")
}

fn never(scene: &Scene<'_>, hope: Delivery) -> Witness {
    let (who, message) = (scene.who(hope.life), scene.name(hope.row));
    Proof::default()
        .yes(format!("{message} was broadcast"), scene.broadcast(hope.row))
        .yes(
            format!("{who}, which is correct, delivered {message} optimistically"),
            [EventId(hope.event)],
        )
        .no(format!("{who} delivered {message} by the end of the run"), [])
        .because(format!("{who} delivered {message} optimistically, and never in the end"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::order::small::run;
    use pepperland_core::verdict::Ruling;

    const HOPED: &str = r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n2","k":"opt_deliver","m":"n1:0:1"}
"#;

    #[test]
    fn hope_is_fulfilled() {
        let told = "n2 delivered n1:0:1 optimistically, and never in the end";
        assert_eq!(because(&ENTRY, &run(HOPED)), told);
        let last = r#"{"t":3,"n":"n2","k":"deliver","m":"n1:0:1"}"#;
        assert_eq!(ruling(&ENTRY, &run(&format!("{HOPED}{last}"))), Ruling::Held);
        let crash = r#"{"t":3,"n":"n2","k":"crash"}"#;
        undecided(&ENTRY, &run(&format!("{HOPED}{crash}")));
    }
}
