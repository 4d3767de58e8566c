//! Anycast, at most one: no two members of the group take up one request.
//!
//! # Definition
//! Where the workload is `anycast`, a broadcast is a request to a group and a delivery takes it up.
//! No two correct nodes deliver the same `m`. A node that crashes may have taken it up before its
//! successor did, and so may an incarnation that forgot; that one node takes it up twice is
//! no-duplication.
//! # Cost
//! O(events).
//! # Witness
//! Two deliveries.

use crate::reliability::anycast_at_least_one::{ELSEWHERE, WORKLOAD};
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "anycast-at-most-one",
    number: "RB15-most",
    statement: "no two correct members of the group take up one request",
    source: "Coulouris, Dollimore & Kindberg 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[WORKLOAD],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !WORKLOAD.is_met(case.history) {
        return Verdict::undecided(ELSEWHERE);
    }
    let scene = Scene::of(case);
    let bound = scene.bound(Bound::Surviving);
    let mut first: Vec<Option<Delivery>> = vec![None; scene.table.len()];
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        match first[delivery.row as usize] {
            None => {
                first[delivery.row as usize] = Some(delivery);
                tally.count_delivery(&scene, &delivery);
            }
            Some(earlier) if earlier.life != delivery.life && witness.is_none() => {
                witness = Some(both(&scene, &earlier, &delivery));
            }
            Some(_) => {}
        }
    }
    tally.verdict(witness, "no correct node delivered anything")
}

fn both(scene: &Scene<'_>, one: &Delivery, other: &Delivery) -> Witness {
    let message = scene.name(one.row);
    let (first, second) = (scene.who(one.life), scene.who(other.life));
    Proof::default()
        .yes(format!("{first} delivered {message}"), [EventId(one.event)])
        .no(format!("nobody else that is correct delivered {message}"), [EventId(other.event)])
        .because(format!("{first} and {second} both delivered {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    fn anycast(picture: &str) -> History {
        let mut history = lanes(picture);
        history.header.workload = Some("anycast".into());
        history
    }

    #[test]
    fn two_that_are_correct_are_one_too_many() {
        let told = "n2 and n3 both delivered n1:0:1";
        assert_eq!(because(&ENTRY, &anycast("n1: !a\nn2:   a\nn3:     a")), told);
        assert_eq!(ruling(&ENTRY, &anycast("n1: !a\nn2:   a #\nn3:     a")), Ruling::Held);
    }

    #[test]
    fn other_workloads_are_not_judged() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a\nn2:   a\nn3:   a")), ELSEWHERE);
    }
}
