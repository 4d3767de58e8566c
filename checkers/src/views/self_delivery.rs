//! Self-delivery: a node delivers what it sent in a view before it leaves the view.
//!
//! # Definition
//! If `p` sends `m` in `V` and then installs the next view, it delivered `m` before that, or says
//! that it delivered it in `V` (Moser, Amir, Melliar-Smith & Agarwal 1994; Chockler, Keidar &
//! Vitenberg 2001, *Self Delivery*). A `p` that crashes in `V`, or stays there, owes nothing here:
//! that it delivers its messages in the end is validity-self. A message that may belong to the next
//! view too (see sending-view-delivery) is owed only when that one is left; one whose view is not
//! known is not owed, nor one that a snapshot stands for, nor one to a group that `p` is not in.
//! # Cost
//! O(events).
//! # Witness
//! The broadcast and the two installations, and the delivery that came too late, if any.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use crate::views::placed::{Placed, Sent};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};
use std::cell::OnceCell;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "self-delivery",
    number: "VS14",
    statement: "a node delivers what it sent in a view before it leaves that view",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Broadcast],
    given: &[Given::ViewChanges],
    check,
};

const NOTHING: &str = "nobody left a view in which it had sent something";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let placed = Placed::of(&scene);
    let own = OnceCell::new();
    let own =
        |row: u32| own.get_or_init(|| own_deliveries(&scene, &installs, &placed))[row as usize];
    let snapshots = snapshots(&scene);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for row in 0..scene.table.len() as u32 {
        let Some((sender, leave)) = leave(&installs, &placed, row) else { continue };
        let Some(broadcast) = scene.broadcast(row) else { continue };
        let between = |event: &u32| (broadcast.0..leave.event).contains(event);
        let covered = snapshots.get(&sender.life).is_some_and(|all| {
            all.get(all.partition_point(|event| *event < broadcast.0)).is_some_and(between)
        });
        if covered || !scene.is_recipient(row, sender.node) {
            continue;
        }
        let (from, to) = (scene.time(broadcast.0), scene.time(leave.event));
        tally.count(from.min(to), from.max(to));
        if witness.is_some() || is_in_time(&installs, &placed, row, sender) {
            continue;
        }
        let event = own(row);
        if event >= leave.event && !says_so(&scene, &installs, &placed, row, event) {
            witness = Some(told(&scene, &installs, row, sender, leave, event));
        }
    }
    tally.verdict(witness, NOTHING)
}

/// Where the sender stood, and the step by which it left the last view that the message may belong
/// to, if it did.
fn leave<'i>(
    installs: &'i Installs,
    placed: &Placed,
    row: u32,
) -> Option<(&'i Install, &'i Install)> {
    let sender = placed.sender(installs, row)?;
    let Sent::In(one, other) = placed.sent(installs, row) else { return None };
    let next = installs.all.get(sender.after as usize)?;
    let leave = if other != one && next.view == other { next.after } else { sender.after };
    Some((sender, installs.all.get(leave as usize)?))
}

/// Whether the sender delivered the message in the very view in which it stood, to which it never
/// came back: the usual case.
fn is_in_time(installs: &Installs, placed: &Placed, row: u32, sender: &Install) -> bool {
    let rank = installs.rank(sender.view, sender.life);
    let only = rank.is_some_and(|rank| placed.is_only_in(row, sender.view, rank));
    only && !installs.views[sender.view as usize].again
}

/// For each message the first delivery of it in the life that sent it.
fn own_deliveries(scene: &Scene<'_>, installs: &Installs, placed: &Placed) -> Vec<u32> {
    let mut own = vec![NONE; scene.table.len()];
    let lives: Vec<u32> = (0..scene.table.len() as u32)
        .map(|row| placed.sender(installs, row).map_or(NONE, |install| install.life))
        .collect();
    for delivery in scene.deliveries() {
        let row = delivery.row as usize;
        if lives[row] == delivery.life && own[row] == NONE {
            own[row] = delivery.event;
        }
    }
    own
}

fn snapshots(scene: &Scene<'_>) -> Map<u32, Vec<u32>> {
    let mut snapshots: Map<u32, Vec<u32>> = Map::default();
    for start in &scene.lives.starts {
        if scene.history.kinds()[start.event as usize] == Kind::StateSet {
            snapshots.entry(start.life).or_default().push(start.event);
        }
    }
    snapshots
}

/// Whether the delivery says that it was in a view in which the message may have been sent.
fn says_so(scene: &Scene<'_>, installs: &Installs, placed: &Placed, row: u32, event: u32) -> bool {
    let Sent::In(one, other) = placed.sent(installs, row) else { return false };
    if event == NONE || !installs.stated {
        return false;
    }
    let place = scene.history.event(EventId(event)).place();
    let named = place.and_then(|place| place.view.as_ref());
    named.is_some_and(|name| [one, other].iter().any(|v| installs.views[*v as usize].name == *name))
}

fn told(
    scene: &Scene<'_>,
    installs: &Installs,
    row: u32,
    sender: &Install,
    leave: &Install,
    event: u32,
) -> Witness {
    let (who, m) = (scene.who(sender.life), scene.name(row));
    let (v, w) = (installs.name(sender.view), installs.name(leave.view));
    let late = (event != NONE).then_some(EventId(event));
    let how = if late.is_some() { "before it delivered it" } else { "without delivering it" };
    let sent = [sender.id()].into_iter().chain(scene.broadcast(row));
    Proof::default()
        .yes(format!("{who} sent {m} in view {v}"), sent)
        .yes(format!("{who} installed view {w} after that"), [leave.id()])
        .no(format!("{who} delivered {m} before that"), late)
        .because(format!("{who} sent {m} in view {v} and went on to view {w} {how}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_node_delivers_its_own_before_it_goes_on() {
        let told = "n1 sent n1:0:1 in view 1 and went on to view 2 before it delivered it";
        let late = lanes("n1: {1,2} !a {1} a\nn2: {1,2}");
        assert_eq!(because(&ENTRY, &late), told);
        let events = check(&Case::new(&late)).witness().unwrap().events.clone();
        assert_eq!(events, [0, 2, 3, 4].map(EventId));
        let told = "n1 sent n1:0:1 in view 1 and went on to view 2 without delivering it";
        assert_eq!(because(&ENTRY, &lanes("n1: {1,2} !a {1}\nn2: {1,2}")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2} !a a {1}\nn2: {1,2}")), Ruling::Held);
    }

    #[test]
    fn who_crashes_or_stays_owes_nothing() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: {1,2} !a # ^ {1}\nn2: {1,2}")), NOTHING);
        assert_eq!(undecided(&ENTRY, &lanes("n1: {1,2} !a\nn2: {1,2}")), NOTHING);
    }
}
