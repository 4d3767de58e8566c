//! Membership precision: the nodes that are connected in the end are in one view, and nobody else.
//!
//! # Definition
//! For every stable component `S` there is a view with just the members of `S` that is the last
//! view of every node of `S` (Chockler, Keidar & Vitenberg: *Membership Precision*). What `S` is,
//! and when it cannot be told, [`component`](crate::membership::component) says. A node that is up
//! and connected, but of which nobody knows whether it wants to belong, may be in or out.
//! # Cost
//! O(events); n² for n nodes if links are still cut in the end.
//! # Witness
//! The last views of the nodes that disagree with each other, or of one that disagrees with the
//! network.

use crate::membership::component::{Component, in_each};
use crate::membership::stays::{Stay, Stays};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "membership-precision",
    number: "VS20",
    statement: "the nodes that are connected in the end share one last view, of just themselves",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events), and O(nodes²) under lasting cuts",
    needs: &[Kind::View],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let judged = in_each(&scene, &stays, |group, component| {
        tally.count(Time::ZERO, scene.history.end());
        if witness.is_none() && component.view(&scene, &stays, group).is_none() {
            witness = Some(imprecise(&scene, &stays, group, component));
        }
    });
    match judged {
        Ok(()) => tally.verdict(witness, "no component"),
        Err(reason) => Verdict::undecided(reason),
    }
}

/// Finds what is wrong with the last views of a component that have something wrong.
fn imprecise(scene: &Scene<'_>, stays: &Stays, group: u32, component: &Component) -> Witness {
    let last = |node: &u32| stays.last(*node, group);
    if let Some(node) = component.sure.iter().find(|node| last(node).is_none()) {
        return nowhere(scene, *node);
    }
    let lasts: Vec<&Stay> = component.sure.iter().filter_map(last).collect();
    for stay in &lasts {
        let members = stays.members(scene, stay);
        let missing = component.sure.iter().find(|q| members.binary_search(q).is_err());
        let stranger = members.iter().find(|q| component.live.binary_search(q).is_err());
        let (node, view) = (scene.node_name(stay.node), stays.name(stay.view));
        let ended = Proof::default()
            .yes(format!("the last view of {node} is {view}"), [EventId(stay.install)]);
        let told = |says: String| format!("{node} ended in view {view}{says}");
        if let Some(q) = missing.map(|q| scene.node_name(*q)) {
            let says = format!(", without {q}, which is up and connected to it");
            return ended.no(format!("view {view} holds {q}"), []).because(told(says));
        }
        if let Some(q) = stranger.map(|q| scene.node_name(*q)) {
            let says = format!(", which still holds {q}, though {q} is down or cut off");
            let clause = format!("{q} is up and connected to {node}");
            return ended.no(clause, []).because(told(says));
        }
    }
    differ(scene, stays, &lasts)
}

fn nowhere(scene: &Scene<'_>, node: u32) -> Witness {
    let who = scene.node_name(node);
    Proof::default()
        .yes(format!("{who} is up and asked to join"), [])
        .no(format!("{who} is in some view at the end of the run"), [])
        .because(format!("{who}, which is up and asked to join, ended in no view"))
}

fn differ(scene: &Scene<'_>, stays: &Stays, lasts: &[&Stay]) -> Witness {
    let other = lasts.iter().find(|stay| stay.view != lasts[0].view).unwrap_or(&lasts[0]);
    let says = |stay: &Stay| {
        format!("{} ended in view {}", scene.node_name(stay.node), stays.name(stay.view))
    };
    let (one, other_says) = (says(lasts[0]), says(other));
    Proof::default()
        .yes(&*one, [EventId(lasts[0].install)])
        .yes(&*other_says, [EventId(other.install)])
        .no("it is one view", [])
        .because(format!("{one}, {other_says}; they are connected to each other"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::Header;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn the_last_view_is_that_of_the_connected() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2}\nn2: {1,2}")), Ruling::Held);
        let told = "n1 ended in view 1, without n2, which is up and connected to it";
        assert_eq!(because(&ENTRY, &lanes("n1: {1}\nn2: {1,2}")), told);
        let stale = lanes("n1: {1,2,3}\nn2: {1,2,3}\nn3: {1,2,3} #");
        let told = "n1 ended in view 1, which still holds n3, though n3 is down or cut off";
        assert_eq!(because(&ENTRY, &stale), told);
        let apart = lanes("n1: {1,2} {2,1}\nn2: {1,2}");
        let told = "n1 ended in view 2, n2 ended in view 1; they are connected to each other";
        assert_eq!(because(&ENTRY, &apart), told);
    }

    #[test]
    fn a_minority_owes_nothing_where_only_the_primary_goes_on() {
        let history = lanes("n1: {1,2,3}\nn2: {1,2,3} #\nn3: {1,2,3} #");
        assert_eq!(undecided(&ENTRY, &history), "no component is sure to go on in the end");
    }

    #[test]
    fn half_of_the_group_is_no_majority_though_nobody_else_was_ever_in_a_view() {
        let down = lanes("n1: {1,2}\nn2: {1,2}\nn3: #\nn4: #");
        assert_eq!(undecided(&ENTRY, &down), "no component is sure to go on in the end");
        let outside = lanes("n1: {1,2}\nn2: {1,2}\nn3:\nn4: #");
        assert_eq!(ruling(&ENTRY, &outside), Ruling::Held);
    }

    #[test]
    fn nothing_is_owed_before_the_end() {
        let history = parse("n1: {1}\nn2: {1,2}", Header::new(Vec::new())).unwrap();
        assert!(undecided(&ENTRY, &history).contains("not complete"));
    }
}
