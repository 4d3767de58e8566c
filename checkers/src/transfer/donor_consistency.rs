//! Donor consistency: a snapshot is one prefix of what its donor did.
//!
//! # Definition
//! A snapshot that a node that is not Byzantine took (`state_get`), or that says it comes from that
//! node (`state_set`), stands for one prefix of what the node did:
//! - it lists nothing that the node had not delivered, and if it lists `m` then also what the node
//!   delivered before `m`, since its own last snapshot (it is not torn);
//! - it covers no more positions than the node came to;
//! - its fingerprint is the one that the node stated for so many positions: for a `state_get` by
//!   the last `apply` before it (since the node's start and its own last snapshot); for a
//!   `state_set` by a `state_get`, or, if no positions are stated, by one for the same view.
//!
//! This is what Chandy & Lamport (1985) ask of the state of one process. A snapshot that a node
//! installs takes the place of all that it had; what it delivered before then, such as in a part
//! that was cut off, may be missing in those that it takes later, though not what comes after. A
//! node whose life started
//! late (a restart that forgot, a joiner, a snapshot) may know more than it delivered: of such a
//! donor only torn lists and fingerprints are judged. Lists that were installed from a node that
//! restarted and forgot are not, for it is not known from which life they come. An `apply` is
//! compared only where some position 0 shows that positions are counted from 0.
//! # Cost
//! O(events + entries of the lists).
//! # Witness
//! The snapshot, with the two deliveries between which it is torn; or the last position of the
//! donor; or the two fingerprints.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::transfer::donors::{Donors, Known};
use crate::transfer::snapshot::{Origin, Snapshot, installed, taken};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "donor-consistency",
    number: "ST3",
    statement: "a snapshot is one prefix of what its donor did",
    source: "Chandy & Lamport 1985",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events + entries of the lists)",
    needs: &[Kind::StateGet],
    given: &[],
    check,
};

const NOTHING: &str = "no snapshot can be compared with what its donor did";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let mut judge = Judge {
        origin: Origin::of(&scene),
        tally: Tally::of(&scene),
        witness: None,
        scene: &scene,
    };
    let donors = Donors::of(&scene);
    for (snapshot, known) in taken(&scene).zip(&donors.at_takes) {
        judge.list(&donors, &snapshot, snapshot.node, known);
        judge.extent(&snapshot, known);
        judge.executed(&snapshot, known);
    }
    let gets = gets(&scene);
    for snapshot in installed(&scene) {
        let Some(donor) = snapshot.from.filter(|p| !case.byzantine[*p as usize]) else {
            continue;
        };
        if let Some(known) = donors.in_the_end(&scene, donor) {
            judge.list(&donors, &snapshot, donor, &known);
        }
        judge.handed_over(&snapshot, donor, &gets);
    }
    judge.tally.verdict(judge.witness, NOTHING)
}

/// What a donor took a snapshot of: donor, group, and positions, or else the view.
type What = (u32, u32, Option<u64>, Option<String>);

fn what(snapshot: &Snapshot<'_>, donor: u32) -> Option<What> {
    let view = snapshot.view.as_ref().map(ToString::to_string);
    let view = view.filter(|_| snapshot.slot.is_none());
    (snapshot.slot.is_some() || view.is_some()).then_some((
        donor,
        snapshot.group,
        snapshot.slot,
        view,
    ))
}

/// The fingerprints that donors stated as they took snapshots, each once, with the event.
type Gets = Map<What, Vec<(String, u32)>>;

fn gets(scene: &Scene<'_>) -> Gets {
    let mut gets = Gets::default();
    for snapshot in taken(scene) {
        let (what, event) = (what(&snapshot, snapshot.node), snapshot.event);
        let (Some(what), Some(hash)) = (what, snapshot.hash) else { continue };
        let here = gets.entry(what).or_default();
        if !here.iter().any(|(known, _)| *known == hash) {
            here.push((hash, event));
        }
    }
    gets
}

struct Judge<'s, 'a> {
    scene: &'s Scene<'a>,
    origin: Origin,
    tally: Tally,
    witness: Option<Witness>,
}

impl Judge<'_, '_> {
    fn found(&mut self, snapshot: &Snapshot<'_>, make: impl FnOnce(&Self) -> Option<Witness>) {
        let at = self.scene.time(snapshot.event);
        self.tally.count(at, at);
        if self.witness.is_none() {
            self.witness = make(self);
        }
    }

    /// How a sentence begins.
    fn says(&self, snapshot: &Snapshot<'_>, donor: u32) -> String {
        let (who, p) = (self.scene.node_name(snapshot.node), self.scene.node_name(donor));
        match self.scene.history.kinds()[snapshot.event as usize] {
            Kind::StateGet => format!("{p} took a snapshot"),
            _ => format!("{who} installed a snapshot of {p}"),
        }
    }

    fn list(&mut self, donors: &Donors, snapshot: &Snapshot<'_>, donor: u32, known: &Known) {
        let Some(set) = &snapshot.set else { return };
        self.found(snapshot, |judge| {
            let (says, p) = (judge.says(snapshot, donor), judge.scene.node_name(donor));
            let proof = Proof::default().yes(&*says, [EventId(snapshot.event)]);
            let place = |name: &&str| {
                let row = judge.scene.history.message_row(name)?;
                donors.place(known, row)
            };
            if let Some(name) = set.iter().find(|name| !known.late && place(name).is_none()) {
                let had = format!("{p} had delivered {name}");
                return Some(
                    proof
                        .no(had, [])
                        .because(format!("{says} that covers {name}, which {p} had not delivered")),
                );
            }
            let places: std::collections::BTreeSet<usize> = set.iter().filter_map(place).collect();
            let last = *places.last()?;
            let hole = (known.replaced..last).find(|place| !places.contains(place))?;
            let [hole, last] = [hole, last].map(|place| donors.delivery(known, place));
            let (left, kept) = (judge.scene.name(hole.row), judge.scene.name(last.row));
            let events = [EventId(hole.event), EventId(last.event)];
            let order = format!("{p} had delivered {left} before {kept}");
            Some(proof.yes(&*order, events).no(format!("it covers {left}"), []).because(format!(
                "{says} that covers {kept} and not {left}, which {p} had delivered before"
            )))
        });
    }

    /// No more positions than the donor came to.
    fn extent(&mut self, snapshot: &Snapshot<'_>, known: &Known) {
        let (Some(slot), Some((last, event))) = (snapshot.slot, known.furthest) else { return };
        if known.late {
            return;
        }
        self.found(snapshot, |judge| {
            let says = judge.says(snapshot, snapshot.node);
            let clause = format!("{} had come no further than to {last}", says);
            let proof = Proof::default()
                .yes(format!("{says} of {slot} positions"), [EventId(snapshot.event)])
                .no(clause, [EventId(event)]);
            let because =
                format!("{says} of {slot} positions, and had come no further than to {last}");
            (slot >= last.saturating_add(2)).then(|| proof.because(because))
        });
    }

    /// The fingerprint that the donor stated as it executed the last position.
    fn executed(&mut self, snapshot: &Snapshot<'_>, known: &Known) {
        let (Some(slot), Some(hash)) = (snapshot.slot, &snapshot.hash) else { return };
        let Some((at, other, event)) = &known.last else { return };
        if slot.checked_sub(1) != Some(*at) || !self.origin.is_zero(snapshot.group) {
            return;
        }
        let shown = self.origin.shown(snapshot.group, slot - 1, slot - 1);
        self.found(snapshot, |judge| {
            let says = judge.says(snapshot, snapshot.node);
            let took = format!("{says} of {slot} positions with state {hash}");
            let proof = Proof::default()
                .yes(&*took, [EventId(snapshot.event)])
                .no(format!("{other} is the same"), [EventId(*event)].into_iter().chain(shown));
            let because = format!("{took}; after position {} it was {other}", slot - 1);
            (other != hash).then(|| proof.because(because))
        });
    }

    /// The fingerprint that the donor stated as it took it.
    fn handed_over(&mut self, snapshot: &Snapshot<'_>, donor: u32, gets: &Gets) {
        let Some(hash) = &snapshot.hash else { return };
        let Some(stated) = what(snapshot, donor).and_then(|what| gets.get(&what)) else { return };
        self.found(snapshot, |judge| {
            let says = judge.says(snapshot, donor);
            let names: Vec<&str> = stated.iter().map(|(hash, _)| hash.as_str()).collect();
            let took = format!("{} took it with state", judge.scene.node_name(donor));
            let took = format!("{took} {}", names.join(", "));
            let proof = Proof::default()
                .yes(format!("{says} with state {hash}"), [EventId(snapshot.event)])
                .no(format!("{took}, the same"), stated.iter().map(|(_, e)| EventId(*e)));
            let because = format!("{says} with state {hash}; {took}");
            let same = stated.iter().any(|(known, _)| known == hash);
            (!same).then(|| proof.because(because))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::history;
    use pepperland_core::verdict::Ruling;

    fn donor(take: &str) -> pepperland_core::history::History {
        let mut lines = Vec::new();
        for k in 1..=2 {
            lines.push(format!(r#"{{"t":{k},"n":"n1","k":"broadcast","m":"n1:0:{k}"}}"#));
        }
        for k in 1..=2 {
            let slot = k - 1;
            let act = format!(r#"{{"t":3,"n":"n1","k":"deliver","m":"n1:0:{k}","slot":{slot}}}"#);
            let apply = format!(r#"{{"t":3,"n":"n1","k":"apply","slot":{slot},"hash":"h{k}"}}"#);
            lines.extend([act, apply]);
        }
        lines.push(format!(r#"{{"t":9,"n":"n1","k":"state_get",{take}}}"#));
        history(2, &lines.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn a_list_is_not_torn() {
        assert_eq!(ruling(&ENTRY, &donor(r#""set":["n1:0:1"]"#)), Ruling::Held);
        let told = "n1 took a snapshot that covers n1:0:2 and not n1:0:1, which n1 had delivered \
                    before";
        assert_eq!(because(&ENTRY, &donor(r#""set":["n1:0:2"]"#)), told);
        let told = "n1 took a snapshot that covers n2:0:7, which n1 had not delivered";
        assert_eq!(because(&ENTRY, &donor(r#""set":["n2:0:7"]"#)), told);
    }

    #[test]
    fn what_was_replaced_by_a_snapshot_is_in_no_later_one() {
        let deliver = |n| format!(r#"{{"t":3,"n":"n1","k":"deliver","m":"n2:0:{n}"}}"#);
        let told = |then: &str| {
            let mut lines: Vec<String> = (1..=3)
                .map(|n| format!(r#"{{"t":1,"n":"n2","k":"broadcast","m":"n2:0:{n}"}}"#))
                .collect();
            let set = r#"{"t":3,"n":"n1","k":"state_set","from":"n2","set":[]}"#.to_owned();
            lines.extend([deliver(1), set, deliver(2), deliver(3)]);
            lines.push(format!(r#"{{"t":9,"n":"n1","k":"state_get","set":[{then}]}}"#));
            history(2, &lines.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(ruling(&ENTRY, &told(r#""n2:0:2","n2:0:3""#)), Ruling::Held);
        let torn = "n1 took a snapshot that covers n2:0:3 and not n2:0:2, which n1 had delivered \
                    before";
        assert_eq!(because(&ENTRY, &told(r#""n2:0:3""#)), torn);
    }

    #[test]
    fn a_number_of_positions_and_a_fingerprint_are_the_donors() {
        assert_eq!(ruling(&ENTRY, &donor(r#""slot":2,"hash":"h2""#)), Ruling::Held);
        let told = "n1 took a snapshot of 2 positions with state h1; after position 1 it was h2";
        assert_eq!(because(&ENTRY, &donor(r#""slot":2,"hash":"h1""#)), told);
        let told = "n1 took a snapshot of 3 positions, and had come no further than to 1";
        assert_eq!(because(&ENTRY, &donor(r#""slot":3"#)), told);
        assert_eq!(undecided(&ENTRY, &donor(r#""view":"1""#)), NOTHING);
    }
}
