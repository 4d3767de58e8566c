//! Accept certificate: what is delivered in a slot was accepted there by enough servers.
//!
//! # Definition
//! A client delivers a message in a slot only after f + 1 servers accepted it for this slot
//! (DifATo, Xavier Silva, Lung, Luiz & Magnabosco: a client delivers what comes with the codes of
//! f + 1 servers that accepted it; the paper's counts differ by one from place to place, and we
//! take that of its algorithms, the sequencer included). An acceptance is a decision of the
//! instance with the slot's number, at a server; its value is the message's name or digest. What
//! a liar records is void, so each of the servers that lie may have accepted anything. On a real
//! clock an acceptance counts if it may have come first. It binds correct clients.
//! # Cost
//! O(events + deliveries · servers).
//! # Witness
//! The delivery, and the acceptances there were.

use crate::byzantine::roles::{NO_LIARS, Roles, listed, slot};
use crate::consensus::instances::{Act, Instances};
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "accept-certificate",
    number: "DA5",
    statement: "what a correct client delivers in a slot, f + 1 servers accepted there before",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events + deliveries · servers)",
    needs: &[Kind::Decide, Kind::Deliver],
    given: &[Given::Slots],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(roles) = Roles::stated(case) else { return Verdict::undecided(NO_LIARS) };
    let scene = roles.scene(case);
    let instances = Instances::of(&scene);
    let accepted = acceptances(&instances, &roles);
    let bound = scene.bound(Bound::Correct);
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let fresh = seen.insert(delivery.row, delivery.life);
        let Some(slot) = slot(scene.history, delivery.event).filter(|_| fresh) else { continue };
        tally.count_delivery(&scene, &delivery);
        if witness.is_none() {
            let digest = scene.history.event(EventId(delivery.event)).digest();
            let names = [Some(scene.name(delivery.row)), digest];
            let found = names.into_iter().flatten().filter_map(|name| accepted.get(&(slot, name)));
            let mut found: Vec<&Act> = found
                .flatten()
                .filter(|act| !scene.surely_before(delivery.event, act.event))
                .collect();
            found.sort_unstable_by_key(|act| (act.node, act.event));
            found.dedup_by_key(|act| act.node);
            let enough = found.len() as u64 >= roles.needed();
            witness = (!enough).then(|| too_few(&instances, &roles, (&delivery, slot), &found));
        }
    }
    tally.verdict(witness, "no correct client delivered anything in a slot")
}

/// The first acceptance by each server of each value in each slot.
fn acceptances(instances: &Instances<'_, '_>, roles: &Roles) -> Map<(u64, String), Vec<Act>> {
    let mut accepted: Map<(u64, String), Vec<Act>> = Map::default();
    for ((_, slot), instance) in &instances.all {
        for act in instance.decisions.iter().filter(|act| roles.is_server(act.node)) {
            let Value::String(value) = instances.value(act) else { continue };
            let acts = accepted.entry((*slot, value.clone())).or_default();
            let key = |act: &Act| instances.scene.key(act.event);
            match acts.iter_mut().find(|other| other.node == act.node) {
                Some(other) if key(act) < key(other) => *other = *act,
                Some(_) => {}
                None => acts.push(*act),
            }
        }
    }
    accepted
}

fn too_few(
    instances: &Instances<'_, '_>,
    roles: &Roles,
    (delivery, slot): (&Delivery, u64),
    found: &[&Act],
) -> Witness {
    let scene: &Scene<'_> = instances.scene;
    let (who, what) = (scene.who(delivery.life), scene.name(delivery.row));
    let says = format!("{who} delivered {what} in slot {slot}");
    let names: Vec<&str> = found.iter().map(|act| instances.who(act)).collect();
    let (names, needed) = (listed(&names), roles.needed());
    let because = format!("{says}; of {needed} honest servers {names} had accepted it there");
    Proof::default()
        .yes(says, [EventId(delivery.event)])
        .no(
            format!("{needed} servers that do not lie had accepted it there"),
            found.iter().map(|act| act.id()),
        )
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
    fn it_takes_enough_servers() {
        let one = "s1 decide 1 c1:0:1; c1 deliver c1:0:1 slot=1";
        assert_eq!(ruling(&ENTRY, &of(one)), Ruling::Held, "the liar may have accepted it");
        let none = "s1 decide 2 c1:0:1; c1 deliver c1:0:1 slot=1; s2 decide 1 c1:0:1";
        let told = "c1 delivered c1:0:1 in slot 1; of 1 honest servers none had accepted it there";
        assert_eq!(because(&ENTRY, &of(none)), told);
        let digest = "s1 decide 1 x; c1 deliver c1:0:1 slot=1 d=x";
        assert_eq!(ruling(&ENTRY, &of(digest)), Ruling::Held);
    }

    #[test]
    fn elsewhere_decisions_are_no_certificates() {
        let words = "n1 decide 1 n1:0:1; n2 deliver n1:0:1 slot=1";
        assert_eq!(undecided(&ENTRY, &spoken(&json!({}), words)), NO_LIARS);
    }

    #[test]
    fn a_server_that_accepts_name_and_digest_is_one_server() {
        let header = json!({"failure_model": "byzantine"});
        let accepts = "n1 decide 1 x; n1 decide 1 n3:0:1";
        let of = |words: &str| {
            let words = format!("{accepts}; {words}; n2 deliver n3:0:1 slot=1 d=x");
            ruling(&ENTRY, &spoken(&header, &words))
        };
        assert_eq!(of("n3 decide 1 x"), Ruling::Held);
        assert_eq!(of("n3 decide 2 x"), Ruling::Violated);
    }
}
