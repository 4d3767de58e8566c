//! What is owed of messages that were broadcast in a sender's last view.

use crate::membership::snapshots::Snapshots;
use crate::membership::stays::Stays;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// What `sender` broadcast in its last view of the group, each of `owing` owes.
pub struct Debt {
    /// The sender.
    pub sender: u32,
    /// The group.
    pub group: u32,
    /// Its last view.
    pub view: u32,
    /// Who owes it.
    pub owing: Vec<u32>,
}

/// Whether all debts are paid: each message that is meant has an event of this kind, a delivery or
/// a safe indication, at each node that owes it.
pub fn owed_in(
    scene: &Scene<'_>,
    stays: &Stays,
    debts: &[Debt],
    kind: Kind,
    nothing: &str,
) -> Verdict {
    let senders: Map<(u32, u32), &Debt> =
        debts.iter().map(|debt| ((debt.sender, debt.group), debt)).collect();
    let (paid, snapshots) = (paid(scene, kind), Snapshots::of(scene));
    let (mut tally, mut witness) = (Tally::of(scene), None);
    for row in 0..scene.table.len() as u32 {
        let Some(broadcast) = scene.broadcast(row) else { continue };
        let Some(stay) = stays.of_event(broadcast.0).filter(|stay| stay.lasts) else { continue };
        let Some(debt) = senders.get(&(stay.node, stay.group)) else { continue };
        let owes = |q: &&u32| scene.is_recipient(row, **q) && !snapshots.excuse(scene, **q, row);
        let owing: Vec<u32> = debt.owing.iter().filter(owes).copied().collect();
        if owing.is_empty() {
            continue;
        }
        tally.count(scene.time(broadcast.0), scene.history.end());
        let missing = owing.iter().find(|q| !paid.contains(&(row, **q)));
        if let Some(q) = missing {
            tally.breach(&mut witness, || unpaid(scene, stays, debt, (row, broadcast), *q, kind));
        }
    }
    tally.verdict(witness, nothing)
}

/// Pairs of message and node with an event of this kind.
fn paid(scene: &Scene<'_>, kind: Kind) -> Set<(u32, u32)> {
    let columns = scene.history.kinds().iter().zip(scene.history.nodes());
    let columns = columns.zip(scene.history.messages());
    let here = columns.filter(|((k, _), row)| **k == kind && **row != NONE);
    here.map(|((_, node), row)| (*row, *node)).collect()
}

fn unpaid(
    scene: &Scene<'_>,
    stays: &Stays,
    debt: &Debt,
    (row, broadcast): (u32, EventId),
    q: u32,
    kind: Kind,
) -> Witness {
    let (sender, q, message) = (scene.node_name(debt.sender), scene.node_name(q), scene.name(row));
    let view = stays.name(debt.view);
    let (does, did) = match kind {
        Kind::Safe => (format!("learned that {message} is safe"), "learned that it is safe"),
        _ => (format!("delivered {message}"), "delivered it"),
    };
    let sent = format!("{sender} broadcast {message} in view {view}");
    Proof::default()
        .yes(&*sent, [broadcast])
        .yes(format!("view {view} is the last of {sender}, and holds {q}"), [])
        .no(format!("{q} {does} by the end of the run"), [])
        .because(format!("{sent}, its last; {q}, which is in it, never {did}"))
}
