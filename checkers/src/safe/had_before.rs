//! Whether all members of a view had what a safe indication vouches for.

use crate::membership::snapshots::Snapshots;
use crate::membership::stays::Stays;
use crate::safe::indications::{Firsts, Indication, NOTHING, Vouched, in_order, is_bound, told};
use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::Case;
use pepperland_core::history::EventId;
use pepperland_core::verdict::Verdict;

/// Judges every indication: its message alone, or with the prefix before it.
pub fn judge(case: &Case<'_>, prefix: bool) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let (firsts, snapshots) = (Firsts::had(&scene), Snapshots::of(&scene));
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    in_order(&scene, &stays, prefix, |stay, indication, vouched| {
        let to = scene.time(indication.event);
        let from = scene.broadcast(indication.row).map_or(to, |b| scene.time(b.0));
        tally.count(from.min(to), to);
        if witness.is_some() {
            return;
        }
        let others = stays.members(&scene, stay).into_iter().filter(|q| *q != stay.node);
        let others: Vec<u32> = others.collect();
        let lacks = |row: u32| {
            let bound = |q: &&u32| is_bound(&scene, &snapshots, **q, row);
            let had =
                |q: &u32| firsts.get(row, *q).is_some_and(|e| is_in_time(&scene, e, indication));
            others.iter().filter(bound).find(|q| !had(q)).copied()
        };
        let own = lacks(indication.row).map(|q| (indication.row, None, q));
        let one = own.or_else(|| {
            vouched.iter().find_map(|v: &Vouched| Some((v.row, Some(*v), lacks(v.row)?)))
        });
        let Some((row, vouched, q)) = one else { return };
        let (says, proof) = told(&scene, &stays, stay, indication, vouched);
        let late = firsts.get(row, q);
        let (q, message) = (scene.node_name(q), scene.name(row));
        let when = if late.is_some() { "only later" } else { "never" };
        let proof = proof.no(format!("{q}, a member, had {message} by then"), late.map(EventId));
        witness = Some(proof.because(format!("{says}; {q}, a member, had {message} {when}")));
    });
    tally.verdict(witness, NOTHING)
}

/// Whether an event may have come before the indication.
fn is_in_time(scene: &Scene<'_>, event: u32, indication: Indication) -> bool {
    scene.key(event) <= scene.start_key(indication.event)
}
