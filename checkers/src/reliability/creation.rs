//! What a delivery owes to a broadcast, clause by clause: the readings of no creation and its
//! parts.

use crate::reliability::faithful;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::Case;
use pepperland_core::history::{EventId, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// One reading: whom it binds, and what it asks.
pub struct Reading {
    /// The receivers that are bound.
    pub receivers: Bound,
    /// Of whose messages.
    pub senders: Senders,
    /// What must be true of a delivery.
    pub clauses: &'static [Clause],
    /// Why nothing can be judged, where nothing can.
    pub nothing: &'static str,
}

/// Whose messages are judged.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Senders {
    /// Those of senders that do not lie. If nobody lies, everybody's, even of unknown origin.
    Honest,
    /// Those of correct senders.
    Correct,
}

/// What must be true of a delivery.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Clause {
    /// Somebody broadcast the message.
    Broadcast,
    /// That was before; judged where the lines of the history are one true order.
    Before,
    /// With the same payload; judged where both sides state a digest.
    Unchanged,
    /// To a group that the receiver is in.
    Addressed,
}

/// All that no creation asks.
pub const EVERY_CLAUSE: &[Clause] =
    &[Clause::Broadcast, Clause::Before, Clause::Unchanged, Clause::Addressed];

/// Judges one reading. An obligation is a delivery of which some clause can be judged.
pub fn judge(case: &Case<'_>, reading: &Reading) -> Verdict {
    let scene = Scene::of(case);
    if let Some(tally) = faithful::vouched(&scene, reading) {
        return tally.held(reading.nothing);
    }
    let bound = scene.bound(reading.receivers);
    let liars = case.byzantine.contains(&true);
    let selective = selective(&scene);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for delivery in scene.all_deliveries().filter(|d| bound[d.life as usize]) {
        let origin = scene.table.origins()[delivery.row as usize];
        let judged = match reading.senders {
            Senders::Honest => !liars || case.byzantine.get(origin as usize) == Some(&false),
            Senders::Correct => case.correct.get(origin as usize) == Some(&true),
        };
        let mut clauses = reading.clauses.iter();
        if !judged || !clauses.any(|c| c.applies(&scene, &delivery, &selective)) {
            continue;
        }
        tally.count_delivery(&scene, &delivery);
        if witness.is_none() {
            witness = reading.clauses.iter().find_map(|c| c.broken(&scene, &delivery));
        }
    }
    tally.verdict(witness, reading.nothing)
}

/// The groups that leave somebody out.
fn selective(scene: &Scene<'_>) -> Vec<bool> {
    let nodes = scene.history.node_count() as u32;
    let leaves_out = |group| (0..nodes).any(|node| !scene.is_member(group, node));
    (0..scene.group_count() as u32).map(leaves_out).collect()
}

impl Clause {
    fn applies(self, scene: &Scene<'_>, delivery: &Delivery, selective: &[bool]) -> bool {
        let row = delivery.row as usize;
        let broadcast = scene.table.broadcasts()[row] != NONE;
        match self {
            Clause::Broadcast => true,
            Clause::Before => broadcast && scene.is_virtual(),
            Clause::Unchanged => {
                let now = scene.history.digests()[delivery.event as usize];
                broadcast && scene.table.digests()[row] != NONE && now != NONE
            }
            Clause::Addressed => {
                let group = scene.group(delivery.row);
                broadcast && group.is_some_and(|g| selective.get(g as usize) == Some(&true))
            }
        }
    }

    /// The proof that the delivery breaks the clause, if it does.
    fn broken(self, scene: &Scene<'_>, delivery: &Delivery) -> Option<Witness> {
        let event = scene.table.broadcasts()[delivery.row as usize];
        let broadcast = EventId(event);
        match self {
            Clause::Broadcast => (event == NONE).then(|| never_broadcast(scene, delivery)),
            _ if event == NONE => None,
            Clause::Before => {
                let early = scene.is_virtual() && event > delivery.event;
                early.then(|| too_early(scene, delivery, broadcast))
            }
            Clause::Unchanged => changed(scene, delivery, broadcast),
            Clause::Addressed => {
                let recipient = scene.is_recipient(delivery.row, scene.node(delivery.life));
                (!recipient).then(|| outsider(scene, delivery, broadcast))
            }
        }
    }
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

fn changed(scene: &Scene<'_>, delivery: &Delivery, broadcast: EventId) -> Option<Witness> {
    let (stated, now) = (
        scene.table.digests()[delivery.row as usize],
        scene.history.digests()[delivery.event as usize],
    );
    if stated == now || stated == NONE || now == NONE {
        return None;
    }
    let text = |event| scene.history.event(event).digest();
    let (was, is) = (text(broadcast)?, text(EventId(delivery.event))?);
    if was == is {
        return None;
    }
    let (says, proof) = delivered(scene, delivery);
    let both = [broadcast, EventId(delivery.event)];
    let proof = proof
        .yes(format!("{} was broadcast", scene.name(delivery.row)), [broadcast])
        .no("it was delivered as it was broadcast", both);
    Some(proof.because(format!("{says} with digest {is}; it was broadcast with {was}")))
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
