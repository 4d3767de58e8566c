//! State-hash agreement: replicas that executed as much are in one state.
//!
//! # Definition
//! All replicas that applied the operation of slot `i` have the same state after it, as told by its
//! hash (Schneider 1990: a deterministic state machine that is given one sequence goes through one
//! sequence of states). Slots of different groups are different. Every execution counts, also one
//! in a later life; where slot or hash is missing nothing is judged. The first slot on which two
//! replicas differ is told: what comes after differs because of it. Binds every node that is not
//! Byzantine. Hashes are compared as they stand: what a hash covers, and in which order it is
//! written down, is the recorder's to keep the same everywhere.
//! # Cost
//! O(events).
//! # Witness
//! Two executions of the first slot with two hashes, and their operations in words.

use crate::replication::applied::{Applied, applied};
use crate::replication::operations::short;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "state-hash-agreement",
    number: "RP13",
    statement: "replicas that applied the operation of one slot have one state after it",
    source: "Schneider 1990",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Apply],
    given: &[],
    check,
};

type Slot = (String, u64);

fn check(case: &Case<'_>) -> Verdict {
    let (scene, history) = (Scene::of(case), case.history);
    let mut tally = Tally::of(&scene);
    let mut first: Map<Slot, Applied> = Map::default();
    let mut lowest: Option<(Slot, Applied, Applied)> = None;
    for apply in applied(case).iter() {
        let slot = apply.slot(history).filter(|_| hash(case, apply).is_some());
        let Some(slot) = slot else { continue };
        let before = *first.entry(slot.clone()).or_insert(*apply);
        if before == *apply {
            continue;
        }
        tally.count(scene.time(before.event), scene.time(apply.event));
        let lower = lowest.as_ref().is_none_or(|(known, ..)| slot < *known);
        if lower && hash(case, &before) != hash(case, apply) {
            lowest = Some((slot, before, *apply));
        }
    }
    let witness = lowest.map(|((_, slot), one, other)| told(case, slot, [one, other]));
    tally.verdict(witness, "no two replicas told the hash of their state after one slot")
}

fn hash<'h>(case: &Case<'h>, apply: &Applied) -> Option<&'h Value> {
    apply.of(case.history).field("hash").filter(|hash| !hash.is_null())
}

fn told(case: &Case<'_>, slot: u64, pair: [Applied; 2]) -> Witness {
    let says = pair.map(|apply| {
        let op = apply.of(case.history).field("op").map_or("an operation".into(), short);
        let hash = hash(case, &apply).map(short).unwrap_or_default();
        format!("{} applied {op} and came to {hash}", apply.who(case.history))
    });
    Proof::default()
        .yes(format!("in slot {slot} {}", says[0]), [pair[0].id()])
        .yes(format!("in slot {slot} {}", says[1]), [pair[1].id()])
        .no(format!("the states after slot {slot} are one"), [])
        .because(format!("in slot {slot} {}, {}", says[0], says[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn done(node: &str, slot: u64, op: &str, hash: &str) -> String {
        let what = format!(r#""slot":{slot},"op":"{op}","hash":"{hash}""#);
        format!(r#"{{"t":1,"n":"{node}","k":"apply",{what}}}"#)
    }

    #[test]
    fn the_first_slot_that_differs_is_told() {
        let history = history(
            &[],
            &[
                &done("n1", 2, "b", "22"),
                &done("n2", 2, "b", "29"),
                &done("n1", 1, "a", "11"),
                &done("n2", 1, "x", "19"),
            ],
        );
        let told = r#"in slot 1 n1 applied "a" and came to "11", n2 applied "x" and came to "19""#;
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn one_state_holds_and_one_replica_alone_shows_nothing() {
        let one = done("n1", 1, "a", "11");
        let same = history(&[], &[&one, &done("n2", 1, "a", "11")]);
        assert_eq!(ruling(&ENTRY, &same), Ruling::Held);
        assert!(undecided(&ENTRY, &history(&[], &[&one])).starts_with("no two replicas"));
        let liar = history(&[r#""byzantine":["n2"]"#], &[&one, &done("n2", 1, "a", "0")]);
        assert!(undecided(&ENTRY, &liar).starts_with("no two replicas"));
    }
}
