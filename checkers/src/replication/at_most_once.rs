//! At most once: no replica executes one operation twice.
//!
//! # Definition
//! In each lineage of each replica an operation is applied at most once, whatever is asked again
//! after a failover (Birrell & Nelson 1984: *at-most-once* calls; for replicas, the table of what
//! was done is part of the state). Operations are told apart by their message or by their client
//! and its number for them; others are not judged. A snapshot, and a restart that forgot, begin a
//! new lineage: what was done before may be done again on the older state. Binds every node that is
//! not Byzantine.
//! # Cost
//! O(events).
//! # Witness
//! The two executions.

use crate::replication::applied::{applied, identity};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "at-most-once",
    number: "RP8",
    statement: "no replica executes one operation twice",
    source: "Birrell & Nelson 1984",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Apply],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let (scene, history) = (Scene::of(case), case.history);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut first: Map<(u32, String), u32> = Map::default();
    for apply in applied(case).iter() {
        let Some(name) = identity(apply.of(history)) else { continue };
        let before = *first.entry((apply.lineage, name.clone())).or_insert(apply.event);
        tally.count(scene.time(before), scene.time(apply.event));
        if before == apply.event || witness.is_some() {
            continue;
        }
        let who = apply.who(history);
        let proof = Proof::default()
            .yes(format!("{who} executed {name}"), [EventId(before)])
            .no(format!("{who} did not execute {name} again"), [apply.id()]);
        witness = Some(proof.because(format!("{who} executed {name} twice")));
    }
    tally.verdict(witness, "no replica executed an operation that can be told apart from others")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const DONE: &str = r#"{"t":1,"n":"n1","k":"apply","op":{"client":"c1","id":7}}"#;

    #[test]
    fn twice_is_told() {
        assert_eq!(because(&ENTRY, &history(&[], &[DONE, DONE])), "n1 executed c1 #7 twice");
    }

    #[test]
    fn another_replica_and_an_older_state_may_execute_it_again() {
        let other = r#"{"t":1,"n":"n2","k":"apply","op":{"client":"c1","id":7}}"#;
        let older = r#"{"t":1,"n":"n1","k":"state_set","slot":0}"#;
        assert_eq!(ruling(&ENTRY, &history(&[], &[DONE, other])), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &history(&[], &[DONE, older, DONE])), Ruling::Held);
    }

    #[test]
    fn words_alone_tell_nothing_apart() {
        let add = r#"{"t":1,"n":"n1","k":"apply","op":{"f":"add","delta":1}}"#;
        assert!(undecided(&ENTRY, &history(&[], &[add, add])).starts_with("no replica executed"));
    }
}
