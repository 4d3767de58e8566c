//! Reliable total order: within a view nobody leaves out a message that others put before.
//!
//! # Definition
//! Total order within views, and besides: if `p` and `q` both install view `V` and right after it
//! `V'`, `p` delivers `m` before `m'` in `V`, both were sent in one view, and `q` delivers `m'` in
//! `V`, then `q` has delivered `m` before (Chockler, Keidar & Vitenberg: *Reliable Total Order*,
//! which they say of all processes; we say it of those that move on together). In which view a
//! message was sent is taken from its broadcast. A node that joins in `V`, restarts or takes a
//! snapshot there need not have what came before.
//! # Cost
//! O(events) if in each move one order fits all; else O(nodes² · deliveries of the move).
//! # Witness
//! Four deliveries, or three: those of two nodes, with what each delivered right before, among what
//! was sent in the same view.

use crate::order::within_views::{Entry, Move, Moves, witness};
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "reliable-total-order",
    number: "OR17, reliable",
    statement: "nodes that move from one view to the next together deliver in one order and \
                without holes",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: EVERY_MODEL,
    cost: "O(events), or O(events + nodes² · deliveries of a move)",
    needs: &[Kind::Broadcast, Kind::Deliver, Kind::View],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let moves = Moves::of(&scene);
    let mut place = vec![NONE; scene.table.len()];
    let (mut tally, mut broken) = (Tally::of(&scene), None);
    for here in &moves.of {
        here.count(&scene, &mut tally);
        let found = || match here.inversion(&mut place) {
            Some(found) => Some(witness(&scene, here, found)),
            None => hole(&scene, here, &moves.sent),
        };
        broken = broken.or_else(found);
    }
    tally.verdict(broken, "no two nodes moved on together and shared a message")
}

/// What a node delivered right before: nothing, if it began with the message.
type Link = (Option<Delivery>, Delivery);

/// A message that two nodes delivered right after different ones, of those sent in its view.
fn hole(scene: &Scene<'_>, here: &Move, sent: &[u32]) -> Option<Witness> {
    let mut links: Map<u32, Link> = Map::default();
    for list in &here.lists {
        let mut last: Map<u32, Delivery> = Map::default();
        let mut from_start = true;
        for Entry { delivery, begins } in list {
            if *begins {
                last.clear();
                from_start = false;
            }
            let view = sent[delivery.row as usize];
            if view == NONE {
                continue;
            }
            let before = last.insert(view, *delivery);
            if before.is_none() && !from_start {
                continue;
            }
            let link = (before, *delivery);
            let known = *links.entry(delivery.row).or_insert(link);
            if known.0.map(|d| d.row) != before.map(|d| d.row) {
                return Some(told(scene, here, known, link));
            }
        }
    }
    None
}

fn told(scene: &Scene<'_>, here: &Move, one: Link, other: Link) -> Witness {
    let [from, to] = &here.names;
    let says = |(before, delivery): Link| {
        let (who, message) = (scene.who(delivery.life), scene.name(delivery.row));
        match before {
            Some(before) => {
                format!("{who} delivered {message} right after {}", scene.name(before.row))
            }
            None => format!("{who} delivered {message} first"),
        }
    };
    let events = |(before, delivery): Link| {
        before.into_iter().chain([delivery]).map(|d| EventId(d.event)).collect::<Vec<_>>()
    };
    let [first, second] = [one, other].map(says);
    Proof::default()
        .yes(format!("{first}, of what was sent in one view"), events(one))
        .yes(format!("{second}, of the same"), events(other))
        .no(
            "each delivered all that the other delivered before",
            events(one).into_iter().chain(events(other)),
        )
        .because(format!(
            "from view {from} to {to}, of what was sent in one view, {first}; {second}"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_hole_in_a_view_is_told() {
        let history = lanes("n1: {1,2} !a !b a b {1}\nn2: {1,2}         b {1}");
        let told = "from view 1 to 2, of what was sent in one view, \
                    n1 delivered n1:0:2 right after n1:0:1; n2 delivered n1:0:2 first";
        assert_eq!(because(&ENTRY, &history), told);
        assert_ne!(
            ruling(crate::find("total-order-within-views").unwrap(), &history),
            Ruling::Violated
        );
        let agreed = lanes("n1: {1,2} !a !b a b {1}\nn2: {1,2}       a b {1}");
        assert_eq!(ruling(&ENTRY, &agreed), Ruling::Held);
    }

    #[test]
    fn those_who_part_may_have_holes() {
        undecided(&ENTRY, &lanes("n1: {1,2} !a !b a b {1}\nn2: {1,2}         b {2}"));
    }

    #[test]
    fn what_was_sent_in_another_view_may_be_missing() {
        let history = lanes("n1: {1,2} !a {2,1} !b a b {1}\nn2: {1,2}    {2,1}      b {1}");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }
}
