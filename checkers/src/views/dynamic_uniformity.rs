//! Dynamic uniformity: what anyone delivered in a view, even one that was then excluded, the
//! members of that view that live on in the primary component deliver.
//!
//! # Definition
//! If a node that is not Byzantine delivers `m` in `V`, even one that crashes or is excluded then,
//! then every correct `q` that installed `V` and whose last view is primary delivers `m` in the end
//! (Birman 1996: *dynamically uniform*, or safe, multicast; uniform agreement among those who
//! survive in the primary). We do not ask in which view `q` delivers it, which is
//! virtual-synchrony's business. `q` survives from `V` only if it installed `V` in its last life: a
//! node that comes back and has forgotten is another member. A node whose last life starts late
//! does not owe what was broadcast before. It is judged in complete histories in which only the primary component is to go on.
//! # Cost
//! O(events), and O(messages) for each node.
//! # Witness
//! The broadcast and the delivery; that the other never came cannot be shown by an event.

use crate::reliability::owed::{Debts, INCOMPLETE};
use crate::scene::Scene;
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use crate::views::placed::Placed;
use crate::views::primaries::{PARTITIONABLE, is_primary};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "dynamic-uniformity",
    number: "VS18",
    statement: "what anyone delivers in a view, its members that stay primary deliver in the end",
    source: "Birman 1996",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[Given::Primary],
    check,
};

const NOTHING: &str =
    "nobody delivered in a view of which a member is in a primary view in the end";

fn check(case: &Case<'_>) -> Verdict {
    if !is_primary(case) {
        return Verdict::undecided(PARTITIONABLE);
    }
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let placed = Placed::of(&scene);
    let survivors = survivors(&scene, &installs);
    let delivered = OnceCell::new();
    let delivered = || delivered.get_or_init(|| Deliverers::<u64>::of(&scene));
    let debts = Debts::of(&scene);
    let end = case.history.end();
    let mut tally = Tally::of(&scene);
    let mut missing = None;
    placed.each(&installs, |place| {
        let owing = &survivors[place.view as usize];
        let mut owing = owing.iter().filter(|node| debts.owes(**node, place.row)).peekable();
        if owing.peek().is_none() {
            return;
        }
        if tally.is_watching() {
            let from = scene.broadcast(place.row).map_or(end, |b| scene.time(b.0));
            tally.count(from.min(end), end);
        } else {
            tally.obligations += 1;
        }
        if missing.is_none() {
            let here = |node: u32| {
                let rank = installs.rank(place.view, scene.lives.last[node as usize]);
                rank.is_some_and(|rank| place.by[rank as usize / 64] >> (rank % 64) & 1 == 1)
            };
            let has = |node: u32| here(node) || debts.has(delivered(), node, place.row);
            let lacks = owing.find(|node| !has(**node));
            missing = lacks.map(|node| (place.row, place.view, *node));
        }
    });
    let witness = missing.map(|(row, view, node)| told(&scene, &installs, row, view, node));
    tally.verdict(witness, NOTHING)
}

/// For each view, the correct nodes that installed it in their last life, and whose last view is
/// primary.
fn survivors(scene: &Scene<'_>, installs: &Installs) -> Vec<Vec<u32>> {
    let lives_on = |install: &&Install| {
        let correct = scene.case.correct[install.node as usize];
        correct && scene.lives.last[install.node as usize] == install.life
    };
    let mut last: Map<(u32, u32), &Install> = Map::default();
    for install in installs.all.iter().filter(lives_on) {
        last.insert((install.node, installs.group(install)), install);
    }
    let mut survivors = vec![BTreeSet::new(); installs.views.len()];
    for install in installs.all.iter().filter(lives_on) {
        if last.get(&(install.node, installs.group(install))).is_some_and(|last| last.primary) {
            survivors[install.view as usize].insert(install.node);
        }
    }
    survivors.into_iter().map(|nodes| nodes.into_iter().collect()).collect()
}

fn told(scene: &Scene<'_>, installs: &Installs, row: u32, view: u32, node: u32) -> Witness {
    let lives = &installs.views[view as usize].lives;
    let delivery = scene.deliveries().find(|d| d.row == row && lives.contains(&d.life));
    let who = delivery.map_or("?".to_owned(), |d| scene.who(d.life));
    let (m, v, q) = (scene.name(row), installs.name(view), scene.node_name(node));
    let event = delivery.map(|d| pepperland_core::history::EventId(d.event));
    Proof::default()
        .yes(format!("{m} was broadcast"), scene.broadcast(row))
        .yes(format!("{who} delivered {m} in view {v}"), event)
        .yes(format!("{q} is correct, was in view {v} and is in a primary view in the end"), [])
        .no(format!("{q} delivered {m} by the end of the run"), [])
        .because(format!("{who} delivered {m} in view {v}; {q}, which lives on, never did"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::find;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{DeliveryContract, FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn the_excluded_oblige_those_who_live_on() {
        let broken = lanes("n1: {1,2,3}    {1,2}\nn2: {1,2,3}    {1,2}\nn3: {1,2,3} !a a #");
        let told = "n3 delivered n3:0:1 in view 1; n1, which lives on, never did";
        assert_eq!(because(&ENTRY, &broken), told);
        assert_ne!(ruling(find("virtual-synchrony").unwrap(), &broken), Ruling::Violated);
        let kept = lanes("n1: {1,2,3}  a {1,2}\nn2: {1,2,3} a   {1,2}\nn3: {1,2,3} !a a #");
        assert_eq!(ruling(&ENTRY, &kept), Ruling::Held);
    }

    #[test]
    fn a_life_that_was_in_no_view_owes_nothing() {
        let mut header = Header::new(Vec::new());
        (header.complete, header.failure_model) = (true, FailureModel::CrashRecovery);
        let restarted = parse("n1: {1,2} # ^\nn2: {1,2}     !a a", header).unwrap();
        assert_eq!(ruling(&ENTRY, &restarted), Ruling::Held);
    }

    #[test]
    fn a_node_that_comes_back_does_not_owe_what_was_delivered_in_the_views_of_its_former_life() {
        let picture = "n1: {1,2} #   ^      {2,1}\nn2: {1,2}     !a a {2,1}";
        let anew = |delivery| {
            let mut header = Header::new(Vec::new());
            header.failure_model = FailureModel::CrashRecovery;
            header.complete = true;
            header.contract.delivery = delivery;
            ruling(&ENTRY, &parse(picture, header).unwrap())
        };
        assert_eq!(anew(DeliveryContract::Logged), Ruling::Violated);
        assert_eq!(anew(DeliveryContract::Volatile), Ruling::Held, "n2 itself is a survivor");
    }

    #[test]
    fn nobody_owes_before_the_end_or_without_a_view() {
        let picture = "n1: {1,2}    {1}\nn2: {1,2} !a a";
        let incomplete = parse(picture, Header::new(Vec::new())).unwrap();
        assert_eq!(undecided(&ENTRY, &incomplete), INCOMPLETE);
        assert_eq!(undecided(&ENTRY, &lanes("n1: {1}\nn2:    !a a")), NOTHING);
    }
}
