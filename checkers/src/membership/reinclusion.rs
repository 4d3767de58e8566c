//! Reinclusion: a node that was excluded though it never crashed is included again in the end.
//!
//! # Definition
//! If `p` goes from a view with `q` to one without, `q` never crashes, and both are of one stable
//! [component](crate::membership::component) in the end, then the last view of `p` holds `q`. No
//! detector can tell a slow node from a dead one in an asynchronous system; so an exclusion may be
//! unjust, and must then be repaired (Birman & Joseph 1987). A node that asked to leave, or was
//! asked to, and did not ask to join again, is not owed this.
//! # Cost
//! O(events + installs · members); n² for n nodes if links are still cut in the end.
//! # Witness
//! The install that excluded the node and the last one of the same node.

use crate::membership::component::{Component, in_each};
use crate::membership::stays::{Stay, Stays};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "reinclusion",
    number: "VS24",
    statement: "a node that was excluded though it never crashed is included again in the end",
    source: "Birman & Joseph 1987",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events + installs · members)",
    needs: &[Kind::View],
    given: &[Given::WrongExclusions],
    check,
};

const NOTHING: &str = "nobody was excluded that never crashed";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let judged = in_each(&scene, &stays, |group, component| {
        for ((p, q), event) in exclusions(&scene, &stays, group, component) {
            let Some(last) = stays.last(p, group) else { continue };
            tally.count(scene.time(event), scene.history.end());
            if witness.is_none() && !stays.holds(&scene, last, q) {
                witness = Some(forgotten(&scene, &stays, q, event, last));
            }
        }
    });
    match judged {
        Ok(()) => tally.verdict(witness, NOTHING),
        Err(reason) => Verdict::undecided(reason),
    }
}

/// The last exclusion of the second by the first, for each two nodes of the component.
fn exclusions(
    scene: &Scene<'_>,
    stays: &Stays,
    group: u32,
    component: &Component,
) -> BTreeMap<(u32, u32), u32> {
    let is = |set: &[u32], node: &u32| set.binary_search(node).is_ok();
    let here = |stay: &&Stay| stay.group == group && is(&component.sure, &stay.node);
    let mut exclusions = BTreeMap::new();
    for stay in stays.all.iter().filter(here) {
        let Some(next) = stays.get(stay.next) else { continue };
        let kept = stays.members(scene, next);
        let gone = stays.members(scene, stay).into_iter().filter(|q| !is(&kept, q));
        for q in gone.filter(|q| is(&component.sure, q) && is(&component.constant, q)) {
            exclusions.insert((stay.node, q), next.install);
        }
    }
    exclusions
}

fn forgotten(scene: &Scene<'_>, stays: &Stays, q: u32, event: u32, last: &Stay) -> Witness {
    let (p, q) = (scene.node_name(last.node), scene.node_name(q));
    let excluded = stays.of_event(event).map_or(last.view, |stay| stay.view);
    let (view, end) = (stays.name(excluded), stays.name(last.view));
    Proof::default()
        .yes(format!("{p} went on to view {view} without {q}"), [EventId(event)])
        .yes(format!("{q} never crashed, and is connected to {p} in the end"), [])
        .no(format!("view {end}, the last of {p}, holds {q}"), [EventId(last.install)])
        .because(format!("{p} excluded {q} by view {view} and never included it again"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_unjust_exclusion_is_repaired() {
        let out = "n1: {1,2,3} {1,2}\nn2: {1,2,3} {1,2}\nn3: {1,2,3}";
        let told = "n1 excluded n3 by view 2 and never included it again";
        assert_eq!(because(&ENTRY, &lanes(out)), told);
        let back = "n1: {1,2,3} {1,2} {3,2,1}\nn2: {1,2,3} {1,2} {3,2,1}\nn3: {1,2,3} {3,2,1}";
        assert_eq!(ruling(&ENTRY, &lanes(back)), Ruling::Held);
    }

    #[test]
    fn the_dead_stay_out() {
        let out = "n1: {1,2,3} {1,2}\nn2: {1,2,3} {1,2}\nn3: {1,2,3} #";
        assert_eq!(undecided(&ENTRY, &lanes(out)), NOTHING);
    }
}
