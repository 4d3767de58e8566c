//! State transfer: the state that a joiner installs is that of those it joins.
//!
//! # Definition
//! When a node enters a view `V'`, it gets the state of the others, and its state becomes that of
//! a node that delivered all that was delivered before (Birman & Joseph 1987: state transfer is
//! part of the view change). Let the **survivors** be the nodes that came to `V'` from the view
//! `W` of the donor, or, if the snapshot names none, from the one view `W` that all who did not
//! join came from; a node that came from `W` itself is no joiner. For a snapshot that a node that
//! is not Byzantine installs for `V'` (it says so, or is in `V'`, or `V'` is its first view):
//! - what a survivor delivered in `W`, the snapshot covers, by its list of messages or by its
//!   number of positions, or the joiner delivers it, whenever that may be. This is judged when the
//!   joiner has left `V'` for another view, or at the end of a complete history.
//! - its fingerprint is the one that every survivor states for so many positions, in a
//!   `state_get`, or in an `apply` where a position 0 shows from where positions are counted.
//!
//! What came before `W` is not compared: survivors of a merge need not share it.
//! # Cost
//! O(events + snapshots · deliveries in one view).
//! # Witness
//! The snapshot and the delivery that it does not cover; or the two fingerprints.

use crate::membership::stays::{Stay, Stays};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::transfer::snapshot::{
    Doings, Origin, Snapshot, Views, installed, position, source, taken, text,
};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "state-transfer",
    number: "ST1",
    statement: "the state that a joiner installs is that of those it joins",
    source: "Birman & Joseph 1987",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: EVERY_MODEL,
    cost: "O(events + snapshots · deliveries in one view)",
    needs: &[Kind::View, Kind::StateSet],
    given: &[],
    check,
};

const NOTHING: &str = "no snapshot says what it covers to somebody who joins others";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let transfers = Transfers {
        views: Views::of(&scene, &stays),
        origin: Origin::of(&scene),
        doings: Doings::of(&scene),
        scene: &scene,
        stays: &stays,
    };
    let hashes = transfers.hashes();
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut known: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for snapshot in installed(&scene) {
        let Some(joined) = snapshot.joined(&stays) else { continue };
        let Some(from) = source(&stays, &transfers.views, &snapshot, joined) else { continue };
        let known = known
            .entry((from, joined.view))
            .or_insert_with(|| transfers.views.known(&scene, &stays, from, joined.view));
        let (compared, found) = transfers.compare(&snapshot, joined, from, &hashes);
        let ended = joined.next != NONE || joined.lasts && case.history.header.complete;
        let covers = snapshot.set.is_some() || snapshot.slot.is_some();
        if compared || ended && covers && !known.is_empty() {
            tally.count(scene.time(joined.install), scene.time(snapshot.event));
        }
        let missing = || transfers.missing(&snapshot, joined, known);
        witness = witness.or(found).or_else(|| if ended { missing() } else { None });
    }
    tally.verdict(witness, NOTHING)
}

/// For a group and a number of positions: who stated which fingerprint, and where.
type Hashes = Map<(u32, u64), Vec<(u32, String, u32)>>;

struct Transfers<'s, 'a> {
    scene: &'s Scene<'a>,
    stays: &'s Stays,
    views: Views,
    origin: Origin,
    doings: Doings,
}

impl Transfers<'_, '_> {
    fn hashes(&self) -> Hashes {
        let mut hashes = Hashes::default();
        for snapshot in taken(self.scene) {
            if let (Some(slot), Some(hash)) = (snapshot.slot, snapshot.hash) {
                let here = hashes.entry((snapshot.group, slot)).or_default();
                here.push((snapshot.node, hash, snapshot.event));
            }
        }
        for (event, _) in
            self.scene.history.kinds().iter().enumerate().filter(|(_, k)| **k == Kind::Apply)
        {
            let Some(stay) = self.stays.of_event(event as u32) else { continue };
            let event = self.scene.history.event(EventId(event as u32));
            if let (Some(slot), Some(hash)) = (position(event), text(event, "hash"))
                && self.origin.is_zero(stay.group)
            {
                let here = hashes.entry((stay.group, slot.saturating_add(1))).or_default();
                here.push((stay.node, hash, event.id.0));
            }
        }
        hashes
    }

    /// Whether there is a fingerprint to compare with, and one that differs.
    fn compare(
        &self,
        snapshot: &Snapshot<'_>,
        joined: &Stay,
        from: u32,
        hashes: &Hashes,
    ) -> (bool, Option<Witness>) {
        let (Some(slot), Some(hash)) = (snapshot.slot, &snapshot.hash) else {
            return (false, None);
        };
        let survivors = self.views.survivors(self.stays, joined.view);
        let came = |stay: &&Stay| self.stays.get(stay.before).is_some_and(|b| b.view == from);
        let survivors: Set<u32> = survivors.filter(came).map(|stay| stay.node).collect();
        let stated = hashes.get(&(snapshot.group, slot)).into_iter().flatten();
        let mut stated = stated.filter(|(node, ..)| survivors.contains(node)).peekable();
        let compared = stated.peek().is_some();
        let differs = stated.find(|(_, other, _)| other != hash);
        let witness = differs.map(|(node, other, event)| {
            let (who, p) = (self.scene.node_name(snapshot.node), self.scene.node_name(*node));
            let view = self.stays.name(joined.view);
            let applied = self.scene.history.kinds()[*event as usize] == Kind::Apply;
            let shown = self.origin.shown(snapshot.group, slot.max(1) - 1, slot.max(1) - 1);
            let installed =
                format!("{who} joined view {view} with state {hash} of {slot} positions");
            Proof::default()
                .yes(&*installed, [EventId(snapshot.event)])
                .yes(format!("{p} came to view {view} from the view of the donor"), [])
                .yes("positions are counted from 0", shown.filter(|_| applied))
                .no(format!("{p} had that state then"), [EventId(*event)])
                .because(format!("{installed}; that of {p} was {other}"))
        });
        (compared, witness)
    }

    /// What the survivors knew and the joiner does without.
    fn missing(&self, snapshot: &Snapshot<'_>, joined: &Stay, known: &[u32]) -> Option<Witness> {
        let q = snapshot.node;
        let set: Option<Set<&str>> = snapshot.set.as_ref().map(|s| s.iter().copied().collect());
        known.iter().find_map(|event| {
            let act = self.scene.history.event(EventId(*event));
            let lacks = |row: &u32| !self.doings.delivered(q, *row);
            if let (Some(row), Some(set)) = (act.message().filter(lacks), &set) {
                let name = self.scene.name(row);
                if !set.contains(name.as_str()) {
                    return Some(self.without(snapshot, joined, *event, &name, None));
                }
            }
            let (slot, covered) = (position(act)?, snapshot.slot?);
            let lacks = !self.doings.reached(q, snapshot.group, slot)
                && act.message().is_none_or(|row| lacks(&row));
            let beyond = self.origin.is_beyond(snapshot.group, slot, covered);
            let shown = self.origin.shown(snapshot.group, slot, covered);
            let what = format!("position {slot}");
            (lacks && beyond).then(|| self.without(snapshot, joined, *event, &what, shown))
        })
    }

    fn without(
        &self,
        snapshot: &Snapshot<'_>,
        joined: &Stay,
        event: u32,
        what: &str,
        shown: Option<EventId>,
    ) -> Witness {
        let who = self.scene.node_name(snapshot.node);
        let p = self.stays.of_event(event).map_or("?", |stay| self.scene.node_name(stay.node));
        let view = self.stays.name(joined.view);
        let had = format!("{p} had delivered {what} before view {view}");
        let proof = Proof::default()
            .yes(&*had, [EventId(event)])
            .no(format!("the snapshot of {who} covers {what}"), [EventId(snapshot.event)]);
        let proof = match shown {
            Some(zero) => proof.yes("positions are counted from 0", [zero]),
            None => proof,
        };
        proof.no(format!("{who} delivered {what} itself"), []).because(format!(
            "{who} joined view {view} with a snapshot without {what}, which {p} had delivered, and \
             never delivered it itself"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transfer::small::join;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_snapshot_covers_what_was_delivered() {
        let set = r#"{"t":9,"n":"n2","k":"state_set","from":"n1","set":["n1:0:1"]}"#;
        assert_eq!(ruling(&ENTRY, &join(&[set])), Ruling::Held);
        let told = "n2 joined view 2 with a snapshot without n1:0:1, which n1 had delivered, and \
                    never delivered it itself";
        assert_eq!(because(&ENTRY, &join(&[&set.replace("\"n1:0:1\"", "")])), told);
        let late = r#"{"t":9,"n":"n2","k":"deliver","m":"n1:0:1"}"#;
        let replayed = join(&[&set.replace("\"n1:0:1\"", ""), late]);
        assert_eq!(ruling(&ENTRY, &replayed), Ruling::Held);
    }

    #[test]
    fn positions_are_counted_from_where_the_history_shows() {
        let set = |n| format!(r#"{{"t":9,"n":"n2","k":"state_set","from":"n1","slot":{n}}}"#);
        assert_eq!(ruling(&ENTRY, &join(&[&set(1)])), Ruling::Held);
        let told = "n2 joined view 2 with a snapshot without position 0, which n1 had delivered, \
                    and never delivered it itself";
        assert_eq!(because(&ENTRY, &join(&[&set(0)])), told);
    }

    #[test]
    fn the_state_is_the_same() {
        let get = r#"{"t":8,"n":"n1","k":"state_get","slot":1,"hash":"x"}"#;
        let set = r#"{"t":9,"n":"n2","k":"state_set","from":"n1","slot":1,"hash":"y"}"#;
        let told = "n2 joined view 2 with state y of 1 positions; that of n1 was x";
        assert_eq!(because(&ENTRY, &join(&[get, set])), told);
        assert_eq!(undecided(&ENTRY, &join(&[get])), NOTHING);
    }
}
