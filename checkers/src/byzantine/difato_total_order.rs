//! DifATo's total order: correct clients deliver along the numbers of the order.
//!
//! # Definition
//! If two correct processes deliver the messages numbered i - 1 and i, both deliver them in this
//! order (DA4 of DifATo, Xavier Silva, Lung, Luiz & Magnabosco). The number is the slot of the
//! delivery: a message has one slot and a slot one message, at all correct clients, and each of
//! them delivers in the order of slots. Holes are allowed. It binds first deliveries in the last
//! life of a correct client, in histories of servers that may lie.
//! # Cost
//! O(events).
//! # Witness
//! Two deliveries.

use crate::byzantine::roles::{NO_LIARS, Roles, slot};
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "difato-total-order",
    number: "DA4",
    statement: "correct clients deliver in the order of slots, and agree which slot is whose",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[Given::Slots],
    check,
};

/// A delivery in its slot.
type Placed = (Delivery, u64);

fn check(case: &Case<'_>) -> Verdict {
    let Some(roles) = Roles::stated(case) else { return Verdict::undecided(NO_LIARS) };
    let scene = roles.scene(case);
    let bound = scene.bound(Bound::Surviving);
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let mut last: Vec<Option<Placed>> = vec![None; scene.lives.len()];
    let mut in_slot: Map<u64, Placed> = Map::default();
    let mut of_message: Map<u32, Placed> = Map::default();
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let fresh = seen.insert(delivery.row, delivery.life);
        let Some(slot) = slot(scene.history, delivery.event).filter(|_| fresh) else { continue };
        let placed = (delivery, slot);
        let before = last[delivery.life as usize].replace(placed);
        let same_slot = in_slot.entry(slot).or_insert(placed).0;
        let same_message = *of_message.entry(delivery.row).or_insert(placed);
        let is_first = before.is_none() && same_slot == delivery && same_message.0 == delivery;
        if is_first {
            continue;
        }
        tally.count_delivery(&scene, &delivery);
        let broken = |(other, its): Placed| told(&scene, (other, its), placed);
        let back = before.filter(|(_, its)| *its >= slot);
        let taken = Some((same_slot, slot)).filter(|(other, _)| other.row != delivery.row);
        let moved = Some(same_message).filter(|(_, its)| *its != slot);
        witness = witness.or_else(|| back.or(taken).or(moved).map(broken));
    }
    tally.verdict(witness, "no correct clients delivered in slots that can be compared")
}

fn told(scene: &Scene<'_>, one: Placed, other: Placed) -> Witness {
    let says = |(d, slot): Placed| {
        format!("{} delivered {} in slot {slot}", scene.who(d.life), scene.name(d.row))
    };
    let events = [one, other].map(|(d, _)| EventId(d.event));
    let how = if one.0.life == other.0.life { "after that" } else { "but" };
    let because = match how {
        "but" => format!("{}, but {}", says(one), says(other)),
        _ => {
            format!("{}, and after that {} in slot {}", says(one), scene.name(other.0.row), other.1)
        }
    };
    Proof::default()
        .yes(says(one), [events[0]])
        .yes(says(other), [events[1]])
        .no("these follow one numbering", events)
        .because(because)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> pepperland_core::history::History {
        let header = json!({"nodes": ["c1", "c2", "s1", "s2", "s3"], "byzantine": ["s3"],
            "groups": {"clients": ["c1", "c2"], "servers": ["s1", "s2", "s3"]}});
        spoken(&header, words)
    }

    #[test]
    fn slots_are_followed_and_shared() {
        let told = "c1 delivered c1:0:2 in slot 2, and after that c1:0:1 in slot 1";
        let back = "c1 deliver c1:0:2 slot=2; c1 deliver c1:0:1 slot=1";
        assert_eq!(because(&ENTRY, &of(back)), told);
        let told = "c1 delivered c1:0:1 in slot 1, but c2 delivered c1:0:2 in slot 1";
        let taken = "c1 deliver c1:0:1 slot=1; c2 deliver c1:0:2 slot=1";
        assert_eq!(because(&ENTRY, &of(taken)), told);
        let told = "c1 delivered c1:0:1 in slot 1, but c2 delivered c1:0:1 in slot 2";
        let moved = "c1 deliver c1:0:1 slot=1; c2 deliver c1:0:1 slot=2";
        assert_eq!(because(&ENTRY, &of(moved)), told);
        let held = "c1 deliver c1:0:1 slot=1; c1 deliver c1:0:3 slot=3; c2 deliver c1:0:3 slot=3";
        assert_eq!(ruling(&ENTRY, &of(held)), Ruling::Held);
        assert!(
            undecided(&ENTRY, &of("c1 deliver c1:0:1 slot=1")).starts_with("no correct clients")
        );
    }
}
