//! Fencing: a resource lets nobody in with an older epoch than it has seen.
//!
//! # Definition
//! If a node entered the section of a resource with epoch `e`, then nobody enters it later with an
//! epoch below `e` (Gray & Cheriton 1989, for leases; Burrows 2006: *sequencers*). So a holder that
//! stood still beyond its lease does no harm. Entries that state no epoch are not judged. Binds
//! every node that is not Byzantine. On a real clock, an entry is later if it is so by more than
//! the clock's error.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The entry with the higher epoch and the later one with the lower.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{number, word};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fencing",
    number: "MX5",
    statement: "nobody enters with a lower epoch than was let in before",
    source: "Gray & Cheriton 1989; Burrows 2006",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Enter],
    given: &[],
    check,
};

/// An entry with an epoch.
#[derive(Copy, Clone)]
struct Entry {
    event: u32,
    node: u32,
    epoch: u64,
}

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let mut entries: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for event in case.history.events().filter(|event| event.kind() == Kind::Enter) {
        let honest = event.node().filter(|n| case.byzantine.get(n.index()) == Some(&false));
        if let (Some(node), Some(epoch)) = (honest, number(event, "epoch")) {
            let entry = Entry { event: event.id.0, node: node.0, epoch };
            entries.entry(word(event, "res")).or_default().push(entry);
        }
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (resource, mut entries) in entries {
        entries.sort_by_key(|entry| (scene.key(entry.event), entry.event));
        let found = judge(&scene, &entries, &mut tally);
        witness = witness.or(found.map(|pair| told(&scene, &resource, pair)));
    }
    tally.verdict(witness, "nobody entered with an epoch where somebody had been before")
}

/// Each entry against the highest epoch of those that certainly came before it.
fn judge(scene: &Scene<'_>, entries: &[Entry], tally: &mut Tally) -> Option<[Entry; 2]> {
    let (mut passed, mut highest, mut broken) = (0, None::<Entry>, None);
    for entry in entries {
        while scene.start_key(entries[passed].event) < scene.key(entry.event) {
            let other = entries[passed];
            highest = highest.filter(|high| high.epoch >= other.epoch).or(Some(other));
            passed += 1;
        }
        let Some(high) = highest else { continue };
        tally.count(scene.time(high.event), scene.time(entry.event));
        if entry.epoch < high.epoch && broken.is_none() {
            broken = Some([high, *entry]);
        }
    }
    broken
}

fn told(scene: &Scene<'_>, resource: &str, [high, low]: [Entry; 2]) -> Witness {
    let who = [high, low].map(|entry| scene.history.node_name(NodeId(entry.node)));
    let of = if resource.is_empty() { String::new() } else { format!(" of {resource}") };
    Proof::default()
        .yes(
            format!("{} entered the section{of} with epoch {}", who[0], high.epoch),
            [EventId(high.event)],
        )
        .no(
            format!("{} did not enter with epoch {} after that", who[1], low.epoch),
            [EventId(low.event)],
        )
        .because(format!(
            "{} entered the section{of} with epoch {}, after {} had with epoch {}",
            who[1], low.epoch, who[0], high.epoch
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn at(time: u64, node: &str, epoch: u64) -> String {
        format!(r#"{{"t":{time},"n":"{node}","k":"enter","res":"x","epoch":{epoch}}}"#)
    }

    #[test]
    fn an_old_epoch_that_is_let_in_is_told() {
        let told = "n1 entered the section of x with epoch 1, after n2 had with epoch 2";
        let events = [at(1, "n1", 1), at(2, "n2", 2), at(3, "n1", 1)];
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        assert_eq!(because(&ENTRY, &history(&[], &events)), told);
        assert_eq!(ruling(&ENTRY, &history(&[], &events[..2])), Ruling::Held);
    }

    #[test]
    fn one_entry_alone_is_not_judged() {
        let reason = "nobody entered with an epoch where somebody had been before";
        assert_eq!(undecided(&ENTRY, &history(&[], &[&at(1, "n1", 1)])), reason);
    }
}
