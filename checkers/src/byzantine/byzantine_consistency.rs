//! Consistency: no two correct nodes deliver different things under one name.
//!
//! # Definition
//! If a correct node delivers `m` and another correct node delivers `m'` in the same instance,
//! then `m` = `m'` (Cachin, Guerraoui & Rodrigues 2011: *Consistency* of Byzantine consistent
//! broadcast). An instance is the name of a message, and what it says is the digest: a liar that
//! tells one node this and another that broadcasts one name with several digests. Deliveries that
//! state no digest are not compared. Where a restart forgets, it binds the last life of a correct
//! node; of one life, the first delivery of a name.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! Two deliveries.

use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "byzantine-consistency",
    number: "RB9",
    statement: "no two correct nodes deliver different payloads under one name",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let bound = scene.bound(Bound::Surviving);
    let mut first: Vec<Option<Delivery>> = vec![None; scene.table.len()];
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let digest = |delivery: &Delivery| scene.history.digests()[delivery.event as usize];
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let fresh = seen.insert(delivery.row, delivery.life);
        if !fresh || digest(&delivery) == NONE {
            continue;
        }
        let Some(other) = first[delivery.row as usize] else {
            first[delivery.row as usize] = Some(delivery);
            continue;
        };
        tally.count_delivery(&scene, &delivery);
        if witness.is_none() && digest(&other) != digest(&delivery) {
            witness = Some(differ(&scene, &other, &delivery));
        }
    }
    tally.verdict(witness, "no two correct nodes delivered a message with its digest")
}

fn differ(scene: &Scene<'_>, one: &Delivery, other: &Delivery) -> Witness {
    let message = scene.name(one.row);
    let digest = |d: &Delivery| scene.history.event(EventId(d.event)).digest().unwrap_or_default();
    let who = |d: &Delivery| scene.who(d.life);
    let says = format!("{} delivered {message} with digest {}", who(one), digest(one));
    let events = [one.event, other.event].map(EventId);
    Proof::default()
        .yes(says.clone(), [events[0]])
        .yes(format!("{} delivered it too", who(other)), [events[1]])
        .no("they delivered the same", events)
        .because(format!("{says}; {} with {}", who(other), digest(other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> pepperland_core::history::History {
        spoken(&json!({"byzantine": ["n3"]}), words)
    }

    #[test]
    fn two_payloads_under_one_name_are_told() {
        let two = "n1 deliver n3:0:1 d=x; n2 deliver n3:0:1 d=y";
        let told = "n1 delivered n3:0:1 with digest x; n2 with y";
        assert_eq!(because(&ENTRY, &of(two)), told);
        let same = "n1 deliver n3:0:1 d=x; n2 deliver n3:0:1 d=x; n3 deliver n3:0:1 d=y";
        assert_eq!(ruling(&ENTRY, &of(same)), Ruling::Held);
        let bare = "n1 deliver n3:0:1 d=x; n2 deliver n3:0:1";
        assert!(undecided(&ENTRY, &of(bare)).starts_with("no two correct nodes"));
    }

    #[test]
    fn a_crashed_node_is_free() {
        let crashed = of("n1 deliver n3:0:1 d=x; n2 deliver n3:0:1 d=y; n2 crash");
        assert_eq!(ruling(&ENTRY, &crashed), Ruling::Undecided);
    }

    #[test]
    fn a_restart_that_forgot_is_as_free_as_a_crashed_node() {
        let words = "n1 deliver n3:0:1 d=x; n1 crash; n1 recover; n2 deliver n3:0:1 d=y";
        let header = |delivery| {
            json!({"byzantine": ["n3"], "failure_model": "crash-recovery",
                "contract": {"delivery": delivery}})
        };
        let of = |delivery| ruling(&ENTRY, &spoken(&header(delivery), words));
        assert_eq!([of("volatile"), of("logged")], [Ruling::Undecided, Ruling::Violated]);
    }
}
