//! Bounded termination: what a correct node broadcasts has come everywhere after a while.
//!
//! # Definition
//! What a correct node broadcasts at `t` every correct recipient has delivered by `t + Δ`
//! (Cristian, Aghili, Strong & Dolev 1985: *termination* of atomic broadcast), where `Δ` is
//! `about.bounds.termination` in nanoseconds. Judged of broadcasts whose `t + Δ` lies before the
//! end of the run, and of senders that did not crash later; a recipient that started late since the
//! broadcast does not owe it. On a real clock its error is added to `Δ`, and the history must be
//! complete: else the record of a node may end before that of another.
//! # Cost
//! O(m · n) for m messages and n nodes.
//! # Witness
//! The broadcast; and the late delivery, if any.

use crate::clocks::delays::error;
use crate::reliability::owed::{Debts, INCOMPLETE};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "bounded-termination",
    number: "TM4",
    statement: "what a correct node broadcasts every correct node delivers within the bound",
    source: "Cristian, Aghili, Strong & Dolev 1985",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(m n)",
    needs: &[Kind::Broadcast],
    given: &[Given::Bound("termination")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(termination) = bound(case.history, "termination") else {
        return Verdict::undecided("about.bounds states no termination");
    };
    let scene = Scene::of(case);
    if !scene.is_virtual() && !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let most = Span(termination) + error(&scene);
    let (debts, first, crash) = (Debts::of(&scene), first(&scene), last_crash(&scene));
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for row in 0..scene.table.len() as u32 {
        let Some(broadcast) = scene.broadcast(row).filter(|_| scene.is_broadcast(row)) else {
            continue;
        };
        let sender = scene.table.origins()[row as usize] as usize;
        let (from, due) = (scene.time(broadcast.0), scene.time(broadcast.0) + most);
        let fell = crash[sender].is_some_and(|crash| crash > broadcast.0);
        if fell || !case.correct[sender] || due >= case.history.end() {
            continue;
        }
        for node in debts.debtors(row) {
            tally.count(from, due);
            let delivery = first.get(&(node, row)).copied();
            if witness.is_none() && delivery.is_none_or(|(at, _)| at > due) {
                witness = Some(told(&scene, row, node, delivery, most));
            }
        }
    }
    tally.verdict(witness, "no correct node broadcast anything whose time was up before the end")
}

/// The first delivery of each message at each node, in any life.
fn first(scene: &Scene<'_>) -> Map<(u32, u32), (Time, u32)> {
    let mut first: Map<(u32, u32), (Time, u32)> = Map::default();
    for delivery in scene.deliveries() {
        let here = (scene.time(delivery.event), delivery.event);
        let known = first.entry((scene.node(delivery.life), delivery.row)).or_insert(here);
        *known = here.min(*known);
    }
    first
}

fn last_crash(scene: &Scene<'_>) -> Vec<Option<u32>> {
    let mut last = vec![None; scene.history.node_count()];
    let events = scene.history.kinds().iter().zip(scene.history.nodes()).enumerate();
    for (event, (_, node)) in events.filter(|(_, (kind, _))| **kind == Kind::Crash) {
        last.get_mut(*node as usize).into_iter().for_each(|last| *last = Some(event as u32));
    }
    last
}

fn told(
    scene: &Scene<'_>,
    row: u32,
    node: u32,
    delivery: Option<(Time, u32)>,
    most: Span,
) -> Witness {
    let (who, name) = (scene.node_name(node), scene.name(row));
    let sender = scene.node_name(scene.table.origins()[row as usize]);
    let how = match delivery {
        Some(_) => format!("delivered it later than {most} ms after that"),
        None => format!("did not deliver it within {most} ms"),
    };
    Proof::default()
        .yes(format!("{sender} broadcast {name}"), scene.broadcast(row))
        .yes(format!("{sender} and {who} are correct"), [])
        .no(
            format!("{who} delivered {name} within {most} ms"),
            delivery.map(|(_, event)| EventId(event)),
        )
        .because(format!("{sender} broadcast {name}; {who} {how}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::clocks::small::bounded;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_delivery_that_is_late_or_missing_is_told() {
        let late = bounded("termination", 3, "n1: !a a\nn2:        a");
        let told = "n1 broadcast n1:0:1; n2 delivered it later than 0.000003 ms after that";
        assert_eq!(because(&ENTRY, &late), told);
        let missing = bounded("termination", 3, "n1: !a a      !b\nn2:");
        let told = "n1 broadcast n1:0:1; n2 did not deliver it within 0.000003 ms";
        assert_eq!(because(&ENTRY, &missing), told);
    }

    #[test]
    fn in_time_holds_and_what_has_time_is_not_judged() {
        let good = bounded("termination", 6, "n1: !a a\nn2:      a     !b");
        assert_eq!(ruling(&ENTRY, &good), Ruling::Held);
        let reason = "no correct node broadcast anything whose time was up before the end";
        assert_eq!(undecided(&ENTRY, &bounded("termination", 6, "n1: !a\nn2:   a")), reason);
    }
}
