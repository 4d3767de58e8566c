//! No permanent hole: a slot before one that was delivered is delivered in the end.
//!
//! # Definition
//! If a correct client delivers a message in a slot, then in the end every slot between the first
//! one delivered and this one is delivered by somebody who does not lie (DifATo, Xavier Silva,
//! Lung, Luiz & Magnabosco: a new sequencer goes on from what was accepted, so that its numbering
//! leaves no gap). That each client delivers all of them is agreement.
//! # Cost
//! O(events · log events).
//! # Witness
//! The deliveries on both sides of the hole.

use crate::byzantine::roles::{NO_LIARS, Roles, slot};
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Bound;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::Verdict;
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-permanent-hole",
    number: "DA8",
    statement: "each slot before one that a correct client delivered in is delivered in the end",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log events)",
    needs: &[Kind::Deliver],
    given: &[Given::Slots],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(roles) = Roles::stated(case) else { return Verdict::undecided(NO_LIARS) };
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = roles.scene(case);
    let bound = scene.bound(Bound::Correct);
    let mut filled: BTreeMap<u64, u32> = BTreeMap::new();
    let mut ends: Option<(u64, u64)> = None;
    for delivery in scene.all_deliveries() {
        let Some(slot) = slot(scene.history, delivery.event) else { continue };
        filled.entry(slot).or_insert(delivery.event);
        let client = scene.is_recipient(delivery.row, scene.node(delivery.life));
        if client && bound[delivery.life as usize] {
            let (low, high) = ends.unwrap_or((slot, slot));
            ends = Some((low.min(slot), high.max(slot)));
        }
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let between = ends.map(|(low, high)| filled.range(low..=high)).into_iter().flatten();
    let between: Vec<(u64, u32)> = between.map(|(slot, event)| (*slot, *event)).collect();
    for pair in between.windows(2) {
        let [(before, one), (after, other)] = [pair[0], pair[1]];
        tally.count(scene.time(one).min(scene.time(other)), scene.time(one).max(scene.time(other)));
        if after - before > 1 && witness.is_none() {
            let hole = before + 1;
            let because = format!("nobody ever delivered slot {hole}, but slot {after} was");
            let proof = Proof::default()
                .yes(
                    format!("slots {before} and {after} were delivered"),
                    [one, other].map(EventId),
                )
                .no(format!("slot {hole} was delivered by the end of the run"), []);
            witness = Some(proof.because(because));
        }
    }
    tally.verdict(witness, "no two slots were delivered by correct clients")
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
    fn a_hole_that_stays_is_told() {
        let words = "c1 deliver c1:0:1 slot=1; c1 deliver c1:0:3 slot=3";
        let told = "nobody ever delivered slot 2, but slot 3 was";
        assert_eq!(because(&ENTRY, &of(words)), told);
        let held = of(&format!("{words}; c2 deliver c1:0:2 slot=2"));
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
        assert!(undecided(&ENTRY, &of("c1 deliver c1:0:3 slot=3")).starts_with("no two slots"));
    }
}
