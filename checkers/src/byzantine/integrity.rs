//! Integrity where nodes may lie: delivered at most once, and as its correct sender broadcast it.

use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::history::{EventId, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// Judges the deliveries of the scene.
pub fn judge(scene: &Scene<'_>) -> Verdict {
    let bound = scene.bound(Bound::Correct);
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let (mut tally, mut witness) = (Tally::of(scene), None);
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        tally.count_delivery(scene, &delivery);
        let fresh = seen.insert(delivery.row, delivery.life);
        if witness.is_none() {
            witness = if fresh { unsent(scene, &delivery) } else { Some(twice(scene, &delivery)) };
        }
    }
    tally.verdict(witness, "no correct node delivered anything")
}

fn says(scene: &Scene<'_>, delivery: &Delivery) -> String {
    format!("{} delivered {}", scene.who(delivery.life), scene.name(delivery.row))
}

fn twice(scene: &Scene<'_>, second: &Delivery) -> Witness {
    let (says, first) = (says(scene, second), scene.first(second.life, second.row));
    Proof::default()
        .yes(says.clone(), first)
        .no("it delivered it only once", first.into_iter().chain([EventId(second.event)]))
        .because(format!("{says} twice"))
}

/// The proof that a sender that does not lie did not broadcast what was delivered.
fn unsent(scene: &Scene<'_>, delivery: &Delivery) -> Option<Witness> {
    let row = delivery.row as usize;
    let origin = scene.table.origins()[row];
    let liars = scene.case.byzantine.contains(&true);
    if scene.case.byzantine.get(origin as usize).copied().unwrap_or(liars) {
        return None;
    }
    let (broadcast, event) = (scene.table.broadcasts()[row], EventId(delivery.event));
    let early = broadcast != NONE && scene.is_virtual() && broadcast > delivery.event;
    let (stated, now) = (scene.table.digests()[row], scene.history.digests()[event.index()]);
    let differs = stated != now && stated != NONE && now != NONE;
    if broadcast != NONE && !early && !differs {
        return None;
    }
    let says = says(scene, delivery);
    let proof = Proof::default().yes(says.clone(), [event]);
    if broadcast == NONE {
        let clause = "its sender broadcast it";
        return Some(proof.no(clause, []).because(format!("{says}, which nobody broadcast")));
    }
    if early {
        let proof = proof.no("its sender had broadcast it", [EventId(broadcast)]);
        return Some(proof.because(format!("{says} before it was broadcast")));
    }
    let proof = proof.no("its sender broadcast it like this", [EventId(broadcast)]);
    Some(proof.because(format!("{says} with another payload than its sender broadcast")))
}
