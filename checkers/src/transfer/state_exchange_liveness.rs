//! State exchange liveness: an exchange of state that begins in the last view comes to its end.
//!
//! # Definition
//! If the members of a stable component `S` share their last view `V`, of just `S`, and one of
//! them came to `V` from elsewhere than another, then for every snapshot that a node of `S` takes
//! in `V` or for `V` some other node of `S` installs one in `V` or for it (Chockler, Keidar &
//! Vitenberg 2001, on state exchange). What `S` is, [`component`](crate::membership::component)
//! says. Which donor's snapshot is installed is left open, since several may offer theirs; on a
//! virtual clock it is installed later than that one is taken. Where nobody joined, a snapshot may
//! be taken for other reasons.
//! # Cost
//! O(events).
//! # Witness
//! The `state_get`; that a `state_set` never came cannot be shown by an event.

use crate::membership::component::{Component, in_each};
use crate::membership::stays::Stays;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::transfer::snapshot::{Snapshot, installed, taken};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "state-exchange-liveness",
    number: "VS28",
    statement: "an exchange of state that begins in the last view comes to its end",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::StateGet],
    given: &[],
    check,
};

const NOTHING: &str = "no exchange of state began in a view that a whole component was last in";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let judged = in_each(&scene, &stays, |group, component| {
        let Some(view) = component.view(&scene, &stays, group) else { return };
        if !has_joiner(&stays, group, component) {
            return;
        }
        let here = |s: &Snapshot<'_>| {
            let joined = s.joined(&stays).is_some_and(|stay| stay.view == view && stay.lasts);
            joined && s.group == group && component.sure.binary_search(&s.node).is_ok()
        };
        // The last two of different nodes: one of them is another node than any that takes one.
        let mut last: [Option<(u32, u32)>; 2] = [None; 2];
        for set in installed(&scene).filter(here) {
            if last[0].is_some_and(|(node, _)| node != set.node) {
                last[1] = last[0];
            }
            last[0] = Some((set.node, set.event));
        }
        for get in taken(&scene).filter(here) {
            tally.count(scene.time(get.event), scene.history.end());
            let in_time = |event: u32| !scene.is_virtual() || event > get.event;
            let mut sets = last.iter().flatten();
            let done = sets.any(|(node, event)| *node != get.node && in_time(*event));
            if !done && witness.is_none() {
                witness = Some(unfinished(&scene, &stays, view, &get));
            }
        }
    });
    match judged {
        Ok(()) => tally.verdict(witness, NOTHING),
        Err(reason) => Verdict::undecided(reason),
    }
}

/// Whether some came to their last view from elsewhere than others.
fn has_joiner(stays: &Stays, group: u32, component: &Component) -> bool {
    let origin = |node: &u32| {
        let stay = stays.last(*node, group)?;
        Some(stays.get(stay.before).map_or(NONE, |before| before.view))
    };
    let mut origins = component.sure.iter().filter_map(origin);
    let first = origins.next();
    origins.any(|origin| Some(origin) != first)
}

fn unfinished(scene: &Scene<'_>, stays: &Stays, view: u32, get: &Snapshot<'_>) -> Witness {
    let (who, view) = (scene.node_name(get.node), stays.name(view));
    let took = format!("{who} took a snapshot for view {view}, the last");
    Proof::default()
        .yes(&*took, [EventId(get.event)])
        .no(format!("some other node installed one for view {view} then"), [])
        .because(format!("{took}; nobody else installed one"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transfer::small::join;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_exchange_comes_to_its_end() {
        let get = r#"{"t":8,"n":"n1","k":"state_get","view":"2"}"#;
        let set = r#"{"t":9,"n":"n2","k":"state_set","from":"n1","view":"2"}"#;
        assert_eq!(ruling(&ENTRY, &join(&[get, set])), Ruling::Held);
        let told = "n1 took a snapshot for view 2, the last; nobody else installed one";
        assert_eq!(because(&ENTRY, &join(&[get])), told);
        assert_eq!(undecided(&ENTRY, &join(&[])), NOTHING);
    }
}
