//! No duplication: no message is delivered twice at one node.
//!
//! # Definition
//! A correct `q` delivers `m` at most once (Cachin, Guerraoui & Rodrigues: *No duplication*; half of
//! Hadzilacos & Toueg's *Integrity*). What a restart means is the history's contract: *volatile*
//! and *snapshot* deliveries count once per incarnation, *logged* ones once across incarnations.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! Two deliveries.

use crate::blocks::in_blocks;
use crate::deliverers::{Deliverers, Word, is_narrow};
use crate::proof::Proof;
use crate::scene::{Bound, Delivery, Scene};
use crate::tally::Tally;
use pepperland_core::checker::{Case, Checker, Class};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-duplication",
    number: "RB2",
    statement: "no correct node delivers a message twice",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    check,
};

const NOTHING: &str = "no correct node delivered anything";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    if is_narrow(&scene) { judge::<u8>(&scene) } else { judge::<u64>(&scene) }
}

fn judge<W: Word>(scene: &Scene<'_>) -> Verdict {
    let bound = scene.bound(Bound::Correct);
    let plain = scene.is_for_everyone() && scene.case.disturbed.is_empty();
    match plain.then(|| all_differ::<W>(scene, &bound)).flatten() {
        Some(tally) => tally.held(NOTHING),
        None => one_by_one::<W>(scene, &bound),
    }
}

/// Vouches for histories without duplicates.
fn all_differ<W: Word>(scene: &Scene<'_>, bound: &[bool]) -> Option<Tally> {
    let mut seen = Deliverers::<W>::empty(scene.table.len(), scene.lives.len());
    let mut tally = Tally::of(scene);
    let differ = in_blocks::<false>(scene, bound, |block, _| {
        tally.obligations += block.len() as u64;
        block.iter().fold(true, |fresh, d| fresh & seen.insert(d.row(), d.life()))
    });
    differ.then_some(tally)
}

fn one_by_one<W: Word>(scene: &Scene<'_>, bound: &[bool]) -> Verdict {
    let mut tally = Tally::of(scene);
    let mut seen = Deliverers::<W>::empty(scene.table.len(), scene.lives.len());
    let mut second = None;
    for delivery in scene.all_deliveries() {
        if !bound[delivery.life as usize] {
            continue;
        }
        if seen.insert(delivery.row, delivery.life) {
            tally.count_delivery(scene, &delivery);
        } else if second.is_none() {
            second = Some(delivery);
        }
    }
    let witness = second.map(|second| witness(scene, &second));
    tally.verdict(witness, NOTHING)
}

fn witness(scene: &Scene<'_>, second: &Delivery) -> Witness {
    let same = |d: &Delivery| d.life == second.life && d.row == second.row;
    let first = scene.all_deliveries().find(same).map(|d| EventId(d.event));
    let says = format!("{} delivered {}", scene.who(second.life), scene.name(second.row));
    Proof::default()
        .yes(says.clone(), first)
        .no("it delivered it only once", first.into_iter().chain([EventId(second.event)]))
        .because(format!("{says} twice"))
}
