//! Liveness of mutual exclusion: who asks for the critical section gets it in the end.
//!
//! # Definition
//! At the end of a complete history every request for a critical section was answered (Lamport
//! 1986: *lockout freedom*). A request is a client's operation whose `f` is `lock` or `acquire`; an
//! answer is any response that is no `unknown`, for a refusal is one too. A request is excused if
//! somebody holds the same thing for ever: a client whose request was granted and that never asked
//! to `unlock` or `release` it. What is asked for is the operation's `key` or `res`.
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
        let answered = request.status != Status::Unknown;
        if !answered && held.contains(&what) {
            continue;
        }
        let end = request.response.map_or(history.end(), |r| scene.time(r));
        tally.count(scene.time(request.invoke).min(end), end);
        if witness.is_none() && !answered {
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

/// What some client got, or may have got, and never asked to give back.
fn held(history: &History, operations: &Operations) -> BTreeSet<String> {
    let mut open: BTreeMap<(u32, String), bool> = BTreeMap::new();
    for operation in &operations.all {
        let key = (operation.client, what(history, operation));
        match operation.f(history) {
            "lock" | "acquire" if operation.status == Status::Ok => {
                open.insert(key, true);
            }
            "unlock" | "release" => {
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

    #[test]
    fn a_request_that_starves_is_told() {
        let lines = ["c1 lock key=1 ok", "c1 unlock key=1 ok", "c2 lock key=1 unknown"];
        let told = "c2 asked for the section of 1 and never got it";
        assert_eq!(because(&ENTRY, &runs(&[COMPLETE], &lines)), told);
        assert_eq!(undecided(&ENTRY, &runs(&[], &lines)), INCOMPLETE);
    }

    #[test]
    fn who_is_answered_does_not_starve_and_a_section_may_be_kept() {
        let kept = ["c1 lock key=1 ok", "c2 lock key=1 unknown"];
        assert_eq!(ruling(&ENTRY, &runs(&[COMPLETE], &kept)), Ruling::Held);
    }
}
