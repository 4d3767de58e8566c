//! No creation: what is delivered was broadcast, by its sender, to the group of the receiver, and
//! says what it said then.
//!
//! # Definition
//! If a correct `q` delivers `m`, then `sender(m)` broadcast `m` before, with the same payload, and
//! `q` is in the group that `m` was broadcast to (Cachin, Guerraoui & Rodrigues: *No creation*;
//! Chockler, Keidar & Vitenberg: *Delivery Integrity*). We take the reading that binds correct
//! receivers, and the Byzantine one that binds only if the sender does not lie. A broadcast counts
//! though its sender crashed and forgot it. That it came *before* is judged where the lines of the
//! history are one true order; payloads are compared where both sides state a digest.
//! # Cost
//! O(events).
//! # Witness
//! The delivery; and the broadcast, if there is one.

use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-creation",
    number: "RB1",
    statement: "what a correct node delivers was broadcast before, unchanged, to a group it is in",
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
    let bound = scene.bound(Bound::Correct);
    let liars = case.byzantine.contains(&true);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for delivery in scene.all_deliveries().filter(|d| bound[d.life as usize]) {
        if liars && !has_honest_sender(case, scene.table.origins()[delivery.row as usize]) {
            continue;
        }
        tally.count_delivery(&scene, &delivery);
        if witness.is_none() {
            witness = judge(&scene, &delivery);
        }
    }
    tally.verdict(witness, "no correct node delivered a message of a sender that does not lie")
}

/// A sender that is not known may be one that lies.
fn has_honest_sender(case: &Case<'_>, origin: u32) -> bool {
    case.byzantine.get(origin as usize) == Some(&false)
}

fn judge(scene: &Scene<'_>, delivery: &Delivery) -> Option<Witness> {
    let broadcast = scene.table.broadcasts()[delivery.row as usize];
    if broadcast == NONE {
        return Some(never_broadcast(scene, delivery));
    }
    if scene.is_virtual() && broadcast > delivery.event {
        return Some(too_early(scene, delivery, EventId(broadcast)));
    }
    let (stated, now) = (
        scene.table.digests()[delivery.row as usize],
        scene.history.digests()[delivery.event as usize],
    );
    if stated != now && stated != NONE && now != NONE {
        let text = |event| scene.history.event(event).digest();
        let (was, is) = (text(EventId(broadcast)), text(EventId(delivery.event)));
        if was != is {
            return Some(changed(scene, delivery, EventId(broadcast), was, is));
        }
    }
    let recipient = scene.is_recipient(delivery.row, scene.node(delivery.life));
    (!recipient).then(|| outsider(scene, delivery, EventId(broadcast)))
}

fn delivered(scene: &Scene<'_>, delivery: &Delivery) -> (String, Proof) {
    let says = format!("{} delivered {}", scene.who(delivery.life), scene.name(delivery.row));
    let proof = Proof::default().yes(says.clone(), [EventId(delivery.event)]);
    (says, proof)
}

fn never_broadcast(scene: &Scene<'_>, delivery: &Delivery) -> Witness {
    let (says, proof) = delivered(scene, delivery);
    let clause = format!("somebody broadcast {}", scene.name(delivery.row));
    proof.no(clause, []).because(format!("{says}, which nobody broadcast"))
}

fn too_early(scene: &Scene<'_>, delivery: &Delivery, broadcast: EventId) -> Witness {
    let (says, proof) = delivered(scene, delivery);
    let clause = format!("{} was broadcast before that", scene.name(delivery.row));
    proof.no(clause, [broadcast]).because(format!("{says} before it was broadcast"))
}

fn changed(
    scene: &Scene<'_>,
    delivery: &Delivery,
    broadcast: EventId,
    was: Option<String>,
    is: Option<String>,
) -> Witness {
    let (says, proof) = delivered(scene, delivery);
    let (was, is) = (was.unwrap_or_default(), is.unwrap_or_default());
    let both = [broadcast, EventId(delivery.event)];
    proof
        .yes(format!("{} was broadcast", scene.name(delivery.row)), [broadcast])
        .no("it was delivered as it was broadcast", both)
        .because(format!("{says} with digest {is}; it was broadcast with {was}"))
}

fn outsider(scene: &Scene<'_>, delivery: &Delivery, broadcast: EventId) -> Witness {
    let (says, proof) = delivered(scene, delivery);
    let group = scene.group(delivery.row).unwrap_or(0) as usize;
    let group = scene.history.groups().get(group).map_or("?", |(name, _)| name);
    let who = scene.who(delivery.life);
    proof
        .yes(format!("{} was broadcast to {group}", scene.name(delivery.row)), [broadcast])
        .no(format!("{who} is in {group}"), [])
        .because(format!("{says}, which was broadcast to {group}; {who} is not in {group}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{Clock, Header, History};

    #[test]
    fn a_stranger_is_told() {
        let history = lanes("n1: !a a\nn2:      a z");
        assert_eq!(because(&ENTRY, &history), "n2 delivered n1:0:2, which nobody broadcast");
    }

    #[test]
    fn nobody_delivers_before_the_broadcast_on_a_true_clock() {
        let early = "n1:    !a\nn2: a";
        assert_eq!(because(&ENTRY, &lanes(early)), "n2 delivered n1:0:1 before it was broadcast");
        let mut header = Header::new(Vec::new());
        header.clock = Clock::Real;
        assert!(check(&Case::new(&parse(early, header).unwrap())).witness().is_none());
    }

    #[test]
    fn a_group_is_closed_to_outsiders() {
        let mut header = Header::new(vec!["n1".into(), "n2".into()]);
        header.groups.insert("g".into(), vec!["n1".into()]);
        let history = parse("n1: !a\nn2:    a", header).unwrap();
        let told = "n2 delivered n1:0:1, which was broadcast to g; n2 is not in g";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn a_stranger_of_unknown_origin_is_blamed_unless_somebody_lies() {
        let file = |liars| {
            let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],
                "names":"opaque","byzantine":[?]}"#;
            let header = header.replace('?', liars).replace('\n', " ");
            let event = "\n{\"t\":1,\"n\":\"n2\",\"k\":\"deliver\",\"m\":\"x\"}\n";
            History::read((header + event).as_bytes()).unwrap()
        };
        assert_eq!(because(&ENTRY, &file("")), "n2 delivered x, which nobody broadcast");
        assert!(undecided(&ENTRY, &file("\"n1\"")).starts_with("no correct node"));
    }

    #[test]
    fn a_liar_may_say_what_it_likes_and_hear_what_it_likes() {
        let mut header = Header::new(Vec::new());
        header.byzantine = vec!["n1".into()];
        let history = parse("n1: z\nn2:   z", header).unwrap();
        assert!(undecided(&ENTRY, &history).starts_with("no correct node delivered"));
    }
}
