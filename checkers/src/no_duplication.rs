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

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    if is_narrow(&scene) { judge::<u8>(&scene) } else { judge::<u64>(&scene) }
}

fn judge<W: Word>(scene: &Scene<'_>) -> Verdict {
    let bound = scene.bound(Bound::Correct);
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
    tally.verdict(witness, "no correct node delivered anything")
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
