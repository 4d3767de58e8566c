//! What a broadcast promises, at the end of a complete history: the three readings of validity, and
//! that of anycast.
//!
//! A broadcast promises something if its sender is correct and did not crash during the call, and is
//! in the group where groups are closed: an outsider's broadcast is to be rejected. Where
//! deliveries are logged and the history records when calls return, that is a crash before the
//! return; elsewhere any later crash counts, for it takes the request with it.

use crate::reliability::owed::{self, Debts};
use crate::scene::Scene;
use crate::scene::deliverers::{Deliverers, Word, is_narrow};
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Case, Given};
use pepperland_core::history::{DeliveryContract, EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// Who must deliver.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum To {
    /// The sender itself.
    Sender,
    /// Every correct recipient.
    All,
    /// Some correct recipient.
    Some,
    /// Any recipient, even one that then crashes. A Byzantine one may have, unseen.
    Anyone,
}

/// Judges one reading of validity.
pub fn judge(case: &Case<'_>, to: To) -> Verdict {
    judge_in(&Scene::of(case), to, Given::Closed.is_met(case.history))
}

/// The same in a scene, where groups are closed or not.
pub fn judge_in(scene: &Scene<'_>, to: To, closed: bool) -> Verdict {
    if !scene.history.header.complete {
        return Verdict::undecided(owed::INCOMPLETE);
    }
    match is_narrow(scene) {
        true => kept::<u8>(scene, to, closed),
        false => kept::<u64>(scene, to, closed),
    }
}

fn kept<W: Word>(scene: &Scene<'_>, to: To, closed: bool) -> Verdict {
    let delivered = Deliverers::<W>::of(scene);
    let (debts, calls) = (Debts::of(scene), Calls::of(scene));
    let last = owed::last_deliveries(scene);
    let (mut tally, mut witness) = (Tally::of(scene), None);
    for row in (0..scene.table.len() as u32).filter(|row| calls.promises(scene, *row)) {
        let origin = scene.table.origins()[row as usize];
        if debts.is_out(origin, row) || closed && is_outsider(scene, row) {
            continue;
        }
        let mut owing = debts.debtors(row).filter(|node| to != To::Sender || *node == origin);
        let Some(first) = owing.next() else { continue };
        let anyone =
            to == To::Anyone && recipients(scene, row).any(|n| debts.has(&delivered, n, row));
        if to == To::Anyone
            && !anyone
            && recipients(scene, row).any(|n| scene.case.byzantine[n as usize])
        {
            continue;
        }
        owed::count(&mut tally, scene, row, &last);
        let has = |node: &u32| debts.has(&delivered, *node, row);
        let missing = match to {
            To::Some => (!correct_recipients(scene, row).any(|n| has(&n))).then_some(first),
            To::Anyone => (!anyone).then_some(first),
            To::Sender | To::All => std::iter::once(first).chain(owing).find(|n| !has(n)),
        };
        if let Some(node) = missing {
            tally.breach(&mut witness, || broken(scene, row, node, to));
        }
    }
    tally.verdict(witness, "no correct node broadcast anything that somebody correct must deliver")
}

fn correct_recipients<'s>(scene: &'s Scene<'_>, row: u32) -> impl Iterator<Item = u32> + 's {
    recipients(scene, row).filter(|n| scene.case.correct[*n as usize])
}

fn recipients<'s>(scene: &'s Scene<'_>, row: u32) -> impl Iterator<Item = u32> + 's {
    let nodes = 0..scene.history.node_count() as u32;
    nodes.filter(move |n| scene.is_recipient(row, *n))
}

/// The calls to broadcast, and the crashes that may have undone them.
struct Calls {
    /// The last crash of each node.
    crash: Vec<u32>,
    /// For each message the return of its call, if the history records returns and they count.
    returned: Vec<u32>,
    /// The crashes of each node, in order; empty unless returns count.
    crashes: Vec<Vec<u32>>,
}

impl Calls {
    fn of(scene: &Scene<'_>) -> Calls {
        let nodes = scene.history.node_count();
        let logged = scene.history.header.contract.delivery == DeliveryContract::Logged;
        let (mut crash, mut crashes) = (vec![NONE; nodes], vec![Vec::new(); nodes]);
        let mut returned = Vec::new();
        let columns = scene.history.kinds().iter().zip(scene.history.nodes()).enumerate();
        for (event, (kind, node)) in columns {
            match kind {
                Kind::Crash if (*node as usize) < nodes => {
                    crash[*node as usize] = event as u32;
                    crashes[*node as usize].push(event as u32);
                }
                Kind::BroadcastReturn if logged => {
                    returned.resize(scene.table.len(), NONE);
                    let row = scene.history.messages()[event] as usize;
                    returned.get_mut(row).into_iter().for_each(|r| *r = event as u32);
                }
                _ => {}
            }
        }
        Calls { crash, returned, crashes }
    }

    fn promises(&self, scene: &Scene<'_>, row: u32) -> bool {
        let origin = scene.table.origins()[row as usize] as usize;
        if !scene.is_broadcast(row) || !scene.case.correct[origin] {
            return false;
        }
        let call = scene.table.broadcasts()[row as usize];
        let end = self.returned.get(row as usize).copied().unwrap_or(NONE);
        if self.crash[origin] == NONE || self.crash[origin] < call {
            return true;
        }
        !self.crashes[origin].iter().any(|crash| *crash >= call && *crash < end)
    }
}

/// Whether the sender is not in the group.
fn is_outsider(scene: &Scene<'_>, row: u32) -> bool {
    let sender = scene.table.origins()[row as usize];
    scene.group(row).is_some_and(|group| !scene.is_member(group, sender))
}

fn broken(scene: &Scene<'_>, row: u32, missing: u32, to: To) -> Witness {
    let message = scene.name(row);
    let sender = scene.node_name(scene.table.origins()[row as usize]);
    let missing = scene.node_name(missing);
    let call = scene.broadcast(row);
    let first = scene.deliveries().find(|d| d.row == row).map(|d| EventId(d.event));
    let proof = Proof::default()
        .yes(format!("{sender} broadcast {message}"), call)
        .yes(format!("{sender} is correct and did not crash during the call"), []);
    match to {
        To::Sender => proof
            .no(format!("{sender} delivered {message} by the end of the run"), [])
            .because(format!("{sender} broadcast {message} and never delivered it itself")),
        To::All => proof
            .no(format!("{missing} delivered {message} by the end of the run"), [])
            .because(format!("{sender} broadcast {message}; {missing} never delivered it")),
        To::Some => proof
            .no(format!("some correct node delivered {message} by the end of the run"), first)
            .because(format!("{sender} broadcast {message}; no correct node ever delivered it")),
        To::Anyone => proof
            .no(format!("some node delivered {message} by the end of the run"), [])
            .because(format!("{sender} broadcast {message}; nobody ever delivered it")),
    }
}
