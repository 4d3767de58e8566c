//! Reply agreement: replicas give one answer to one operation.
//!
//! # Definition
//! All correct replicas that execute an operation compute the same reply to it (Schneider 1990, for
//! active replication). The reply is the `result` of the execution; operations are told apart by
//! their message or by their client and its number. The first execution in a life counts: whether
//! there may be a second is at-most-once. Binds correct replicas: what one computed before it
//! failed for good may have been the failure.
//! # Cost
//! O(events).
//! # Witness
//! Two executions with two results.

use crate::replication::applied::{Applied, applied, identity};
use crate::replication::operations::short;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "reply-agreement",
    number: "RP15",
    statement: "correct replicas compute one reply to one operation",
    source: "Schneider 1990",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Apply],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let (scene, history) = (Scene::of(case), case.history);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut seen = Set::default();
    let mut first: Map<String, Applied> = Map::default();
    for apply in applied(case).iter().filter(|apply| case.correct[apply.node as usize]) {
        let Some(name) = identity(apply.of(history)) else { continue };
        let new = seen.insert((apply.life, name.clone()));
        let Some(result) = result(case, apply).filter(|_| new) else { continue };
        let before = *first.entry(name.clone()).or_insert(*apply);
        if before == *apply {
            continue;
        }
        tally.count(scene.time(before.event), scene.time(apply.event));
        if self::result(case, &before) == Some(result) || witness.is_some() {
            continue;
        }
        let says = [&before, apply].map(|apply| {
            let result = self::result(case, apply).map(short).unwrap_or_default();
            format!("{} answered {name} with {result}", apply.who(history))
        });
        let proof = Proof::default()
            .yes(says[0].clone(), [before.id()])
            .yes(says[1].clone(), [apply.id()])
            .no("the answers are one", []);
        witness = Some(proof.because(format!("{}, {}", says[0], says[1])));
    }
    tally.verdict(witness, "no two correct replicas told their reply to one operation")
}

fn result<'h>(case: &Case<'h>, apply: &Applied) -> Option<&'h Value> {
    apply.of(case.history).field("result")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn done(node: &str, result: u64) -> String {
        let what = format!(r#""op":{{"m":"a"}},"result":{result}"#);
        format!(r#"{{"t":1,"n":"{node}","k":"apply",{what}}}"#)
    }

    #[test]
    fn two_answers_are_told() {
        let history = history(&[], &[&done("n1", 4), &done("n2", 2)]);
        assert_eq!(because(&ENTRY, &history), "n1 answered a with 4, n2 answered a with 2");
    }

    #[test]
    fn one_answer_holds_and_a_faulty_replica_is_free() {
        let same = history(&[], &[&done("n1", 4), &done("n2", 4)]);
        assert_eq!(ruling(&ENTRY, &same), Ruling::Held);
        let crash = r#"{"t":2,"n":"n2","k":"crash"}"#;
        let faulty = history(&[], &[&done("n1", 4), &done("n2", 2), crash]);
        assert!(undecided(&ENTRY, &faulty).starts_with("no two correct replicas"));
    }
}
