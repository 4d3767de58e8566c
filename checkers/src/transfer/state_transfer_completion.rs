//! State transfer completion: who joins others that have a state gets it in the end.
//!
//! # Definition
//! If a node joins in a view `V'` that others came to from another view, one of whom had delivered
//! or executed something there, then it installs a snapshot (Birman & Joseph 1987); if a donor
//! crashes, the transfer is tried again. To join is to install `V'` as the first view since the
//! node started. Judged at the end of a complete history, for joiners that do not crash later and
//! are of a stable [component](crate::membership::component) with one of those others that never
//! crashed: if they all did, there may be nobody left who has the state. Any snapshot that the node
//! installs in that incarnation will do, be it before the view. A node that restarted and logs what
//! it delivers may need none, and is not judged.
//! # Cost
//! O(events + joins · members).
//! # Witness
//! The install by which the node joined; that a snapshot never came cannot be shown by an event.

use crate::membership::component::in_each;
use crate::membership::stays::{Stay, Stays};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::transfer::snapshot::{Views, installed};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::collections::Map;
use pepperland_core::history::{DeliveryContract, EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "state-transfer-completion",
    number: "ST4",
    statement: "who joins others that have a state gets it in the end",
    source: "Birman & Joseph 1987",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events + joins · members)",
    needs: &[Kind::View, Kind::StateGet],
    given: &[],
    check,
};

const NOTHING: &str = "nobody of the last component joined others that had a state";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let views = Views::of(&scene, &stays);
    let mut sets: Map<(u32, u32), u32> = Map::default();
    sets.extend(installed(&scene).map(|s| ((s.node, s.group), s.event)));
    let logged = case.history.header.contract.delivery == DeliveryContract::Logged;
    let end = scene.history.len() as u32;
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let judged = in_each(&scene, &stays, |group, component| {
        let is = |set: &[u32], node: u32| set.binary_search(&node).is_ok();
        let joins = stays.all.iter().filter(|stay| {
            let joins =
                stay.group == group && stay.before == NONE && is(&component.sure, stay.node);
            joins && !stays.restarts_between(stay.node, stay.install, end)
        });
        for join in joins {
            let donors = views
                .survivors(&stays, join.view)
                .filter(|p| is(&component.sure, p.node) && is(&component.constant, p.node));
            let donor = donors.into_iter().find(|p| !views.acts(p.before).is_empty());
            let restarted = stays.restarts_between(join.node, 0, join.install);
            let Some(donor) = donor.filter(|_| !(logged && restarted)) else { continue };
            tally.count(scene.time(join.install), scene.history.end());
            let set = sets.get(&(join.node, group));
            let done = set.is_some_and(|e| !stays.restarts_between(join.node, *e, join.install));
            if !done && witness.is_none() {
                witness = Some(ignorant(&scene, &stays, join, donor));
            }
        }
    });
    match judged {
        Ok(()) => tally.verdict(witness, NOTHING),
        Err(reason) => Verdict::undecided(reason),
    }
}

fn ignorant(scene: &Scene<'_>, stays: &Stays, join: &Stay, donor: &Stay) -> Witness {
    let (q, p) = (scene.node_name(join.node), scene.node_name(donor.node));
    let view = stays.name(join.view);
    let joined = format!("{q} joined in view {view}");
    Proof::default()
        .yes(&*joined, [EventId(join.install)])
        .yes(format!("{p}, which came from another view, had a state"), [EventId(donor.install)])
        .no(format!("{q} installed a snapshot by the end of the run"), [])
        .because(format!("{joined}, to which {p} brought a state, and never installed a snapshot"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::history;
    use crate::transfer::small::join;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_joiner_gets_the_state() {
        let set = r#"{"t":9,"n":"n2","k":"state_set","from":"n1"}"#;
        assert_eq!(ruling(&ENTRY, &join(&[set])), Ruling::Held);
        let told =
            "n2 joined in view 2, to which n1 brought a state, and never installed a snapshot";
        assert_eq!(because(&ENTRY, &join(&[])), told);
    }

    #[test]
    fn founders_and_the_dead_need_none() {
        let view = r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1"]}"#;
        assert_eq!(undecided(&ENTRY, &history(1, &[view])), NOTHING);
        let crash = r#"{"t":9,"n":"n2","k":"crash"}"#;
        assert!(ruling(&ENTRY, &join(&[crash])) == Ruling::Undecided);
    }
}
