//! Second deliveries: the readings of no duplication.

use crate::scene::blocks::in_blocks;
use crate::scene::deliverers::{Deliverers, Word, is_narrow};
use crate::scene::lives::Lives;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::Case;
use pepperland_core::history::EventId;
use pepperland_core::verdict::{Verdict, Witness};

/// Why nothing can be judged, where nothing can.
pub const NOTHING: &str = "no node that is bound delivered anything";

/// Within what a second delivery counts.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Span {
    /// What the contract of the history says.
    Contract,
    /// One incarnation.
    Incarnation,
    /// The whole run of a node.
    Run,
}

/// Judges whether any bound node delivered a message twice within the span.
pub fn judge(case: &Case<'_>, bound: Bound, span: Span) -> Verdict {
    let scene = Scene::of(case);
    let scene = match span {
        Span::Contract => scene,
        Span::Incarnation => scene.with_lives(Lives::forgetting(case, true)),
        Span::Run => scene.with_lives(Lives::forgetting(case, false)),
    };
    if is_narrow(&scene) { kept::<u8>(&scene, bound) } else { kept::<u64>(&scene, bound) }
}

fn kept<W: Word>(scene: &Scene<'_>, bound: Bound) -> Verdict {
    let bound = scene.bound(bound);
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
