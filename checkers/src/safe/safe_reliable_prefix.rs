//! Safe reliable prefix: who leaves a view has delivered all that anybody was told to be safe in
//! it.
//!
//! # Definition
//! If a node that is not Byzantine is told in view `V` that `m` is safe, and a member of `V` goes
//! on from `V` to another view, then that member has delivered `m` before it does, and everything
//! that the node delivered in `V` before `m` (Chockler, Keidar & Vitenberg: *Safe Indication
//! Reliable Prefix*). In which order is the business of the order properties. A member that
//! crashes in `V` owes nothing, nor one that is in `V` until the end (that is `safe-delivery`),
//! that is Byzantine, or that installed a snapshot after the broadcast. A delivery in any view and
//! any life counts, if it comes before the member leaves. No two nodes' clocks are compared.
//! # Cost
//! O(events + deliveries · members).
//! # Witness
//! The indication, with the delivery of its message and of the one before it if that is meant; the
//! install by which the member left, and its delivery if it came at last.

use crate::membership::snapshots::Snapshots;
use crate::membership::stays::{Stay, Stays};
use crate::safe::indications::{Firsts, in_order, is_bound, told};
use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "safe-reliable-prefix",
    number: "VS16",
    statement: "who leaves a view has delivered all that anybody was told to be safe in it",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: EVERY_MODEL,
    cost: "O(events + deliveries · members)",
    needs: &[Kind::View, Kind::Safe],
    given: &[Given::ViewChanges],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let (firsts, snapshots) = (Firsts::delivered(&scene), Snapshots::of(&scene));
    let mut leavers: Map<u32, Vec<&Stay>> = Map::default();
    for stay in stays.all.iter().filter(|stay| stay.next != NONE) {
        leavers.entry(stay.view).or_default().push(stay);
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    in_order(&scene, &stays, true, |stay, indication, vouched| {
        let members = stays.members(&scene, stay);
        let left = leavers.get(&stay.view).into_iter().flatten();
        let left: Vec<&&Stay> = left.filter(|l| members.binary_search(&l.node).is_ok()).collect();
        let own = [(indication.row, None)];
        let all = own.into_iter().chain(vouched.iter().map(|v| (v.row, Some(*v))));
        for (row, vouched) in all {
            for leaver in left.iter().filter(|l| is_bound(&scene, &snapshots, l.node, row)) {
                let gone = stays.get(leaver.next).map_or(NONE, |next| next.install);
                tally.count(scene.time(leaver.install), scene.time(gone));
                let first = firsts.get(row, leaver.node);
                if witness.is_some() || first.is_some_and(|e| e < gone) {
                    continue;
                }
                let (says, proof) = told(&scene, &stays, stay, indication, vouched);
                let (q, message) = (scene.node_name(leaver.node), scene.name(row));
                let left = format!("{q} went on to another view");
                let when = if first.is_some() { "until later" } else { "at all" };
                let proof = proof.yes(&*left, [EventId(gone)]);
                let clause = format!("{q} had delivered {message} by then");
                let proof = proof.no(clause, first.map(EventId));
                let because = format!("{says}; {left} and did not deliver {message} {when}");
                witness = Some(proof.because(because));
            }
        }
    });
    tally.verdict(witness, NOBODY)
}

const NOBODY: &str = "nobody left a view in which somebody was told that a message is safe";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::history;
    use pepperland_core::verdict::Ruling;

    const ONE: &str = r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1","n2"]}"#;
    const TWO: &str = r#"{"t":1,"n":"n2","k":"view","view":"1","members":["n1","n2"]}"#;
    const SEND: &str = r#"{"t":2,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    const SAFE: &str = r#"{"t":3,"n":"n1","k":"safe","m":"n1:0:1"}"#;
    const DELIVER: &str = r#"{"t":4,"n":"n2","k":"deliver","m":"n1:0:1"}"#;
    const NEXT: &str = r#"{"t":4,"n":"n2","k":"view","view":"2","members":["n1","n2"]}"#;

    #[test]
    fn who_leaves_has_delivered_it() {
        let good = [ONE, TWO, SEND, SAFE, DELIVER, NEXT];
        assert_eq!(ruling(&ENTRY, &history(2, &good)), Ruling::Held);
        let told = "n1 was told in view 1 that n1:0:1 is safe; n2 went on to another view and did \
                    not deliver n1:0:1 until later";
        assert_eq!(because(&ENTRY, &history(2, &[ONE, TWO, SEND, SAFE, NEXT, DELIVER])), told);
    }

    #[test]
    fn who_crashes_or_stays_owes_nothing() {
        let crash = r#"{"t":4,"n":"n2","k":"crash"}"#;
        assert_eq!(undecided(&ENTRY, &history(2, &[ONE, TWO, SEND, SAFE, crash])), NOBODY);
        assert_eq!(undecided(&ENTRY, &history(2, &[ONE, TWO, SEND, SAFE])), NOBODY);
    }
}
