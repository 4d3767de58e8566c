//! Liveness of mutual exclusion: who asks for the critical section gets it in the end.
//!
//! # Definition
//! At the end of a complete history every client that waits for a critical section was answered
//! (Lamport 1986: *lockout freedom*). A request is a client's operation whose `f` is `lock` or
//! `acquire`; a refusal is an answer too, and a client that was told `unknown` waits no longer. A
//! request is excused if somebody may hold the same thing for ever: a client whose request was
//! granted or ended in `unknown`, and that was never told that its `unlock` or `release` was done.
//! What is asked for is the operation's `key` or `res`.
//! # Cost
//! O(n log n) in operations.
//! # Witness
//! The request.

use crate::reliability::owed::INCOMPLETE;
use crate::replication::operations::{Operation, Operations, Status};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, History, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "mutual-exclusion-liveness",
    number: "MX2",
    statement: "whoever asks for a critical section is answered in the end",
    source: "Lamport 1986",
    class: Class::Liveness,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let (scene, history) = (Scene::of(case), case.history);
    let operations = Operations::of(case);
    let held = held(history, &operations);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for request in operations.all.iter().filter(|operation| asks(history, operation)) {
        let what = what(history, request);
        let waits = request.response.is_none();
        if request.status == Status::Unknown && (!waits || held.contains(&what)) {
            continue;
        }
        let end = request.response.map_or(history.end(), |r| scene.time(r));
        tally.count(scene.time(request.invoke).min(end), end);
        if witness.is_none() && waits {
            witness = Some(told(history, request));
        }
    }
    tally.verdict(witness, "nobody asked for a critical section that was not kept for ever")
}

fn asks(history: &History, operation: &Operation) -> bool {
    matches!(operation.f(history), "lock" | "acquire")
}

fn what(history: &History, operation: &Operation) -> String {
    let op = operation.op(history);
    op.get("key").or_else(|| op.get("res")).map(Value::to_string).unwrap_or_default()
}

/// What some client may hold for ever.
fn held(history: &History, operations: &Operations) -> BTreeSet<String> {
    let mut open: BTreeMap<(u32, String), bool> = BTreeMap::new();
    for operation in &operations.all {
        let key = (operation.client, what(history, operation));
        match operation.f(history) {
            "lock" | "acquire" if operation.response.is_some() => {
                *open.entry(key).or_default() |= operation.status != Status::Fail;
            }
            "unlock" | "release" if operation.status == Status::Ok => {
                open.insert(key, false);
            }
            _ => {}
        }
    }
    open.into_iter().filter(|(_, held)| *held).map(|((_, what), _)| what).collect()
}

fn told(history: &History, request: &Operation) -> Witness {
    let (who, what) = (request.who(history), what(history, request));
    let of = if what.is_empty() { String::new() } else { format!(" of {what}") };
    Proof::default()
        .yes(format!("{who} asked for the section{of}"), [EventId(request.invoke)])
        .no(format!("{who} was answered by the end of the run"), [])
        .because(format!("{who} asked for the section{of} and never got it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::runs;
    use pepperland_core::verdict::Ruling;

    const COMPLETE: &str = r#""complete":true"#;

    /// Operations, of which the last is not answered.
    fn run(header: &[&str], lines: &[&str]) -> History {
        let whole = runs(header, lines);
        let events: Vec<EventId> = whole.events().map(|event| event.id).collect();
        whole.excerpt(&events[..events.len() - 1])
    }

    #[test]
    fn a_request_that_starves_is_told() {
        let lines = ["c1 lock key=1 ok", "c1 unlock key=1 ok", "c2 lock key=1 ok"];
        let told = "c2 asked for the section of 1 and never got it";
        assert_eq!(because(&ENTRY, &run(&[COMPLETE], &lines)), told);
        assert_eq!(undecided(&ENTRY, &run(&[], &lines)), INCOMPLETE);
    }

    #[test]
    fn who_is_answered_does_not_starve_and_a_section_may_be_kept() {
        let kept = ["c1 lock key=1 ok", "c2 lock key=1 ok"];
        assert_eq!(ruling(&ENTRY, &run(&[COMPLETE], &kept)), Ruling::Held);
        let vague = ["c1 lock key=1 ok", "c1 unlock key=1 unknown", "c2 lock key=1 ok"];
        assert_eq!(ruling(&ENTRY, &run(&[COMPLETE], &vague)), Ruling::Held);
        let lost = ["c1 lock key=1 unknown", "c2 lock key=1 ok"];
        assert_eq!(ruling(&ENTRY, &run(&[COMPLETE], &lost)), Ruling::Undecided);
    }
}
