//! No duplication: no message is delivered twice at one node.
//!
//! # Definition
//! A correct `q` delivers `m` at most once (Cachin, Guerraoui & Rodrigues: *No duplication*; half
//! of Hadzilacos & Toueg's *Integrity*). What a restart means is the history's contract: *volatile*
//! and *snapshot* deliveries count once per incarnation, *logged* ones once across incarnations.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! Two deliveries.

use crate::scene::blocks::in_blocks;
use crate::scene::deliverers::{Deliverers, Word, is_narrow};
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-duplication",
    number: "RB2",
    statement: "no correct node delivers a message twice",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{DeliveryContract, FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_second_delivery_is_told() {
        let history = lanes("n1: !a a\nn2:      a   a");
        assert_eq!(because(&ENTRY, &history), "n2 delivered n1:0:1 twice");
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [EventId(2), EventId(3)]);
    }

    #[test]
    fn what_a_restart_means_is_the_contract() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let picture = "n1: !a\nn2:    a # ^ a";
        let volatile = parse(picture, header.clone()).unwrap();
        assert_eq!(ruling(&ENTRY, &volatile), Ruling::Held);
        header.contract.delivery = DeliveryContract::Logged;
        let logged = parse(picture, header).unwrap();
        assert_eq!(because(&ENTRY, &logged), "n2 delivered n1:0:1 twice");
    }

    #[test]
    fn nothing_delivered_is_not_held() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a")), NOTHING);
    }
}
