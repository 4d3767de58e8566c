//! Replica determinism: from one state one operation leads to one state and one reply.
//!
//! # Definition
//! If two replicas are in one state and apply one operation, they come to one state and compute one
//! reply (Schneider 1990: *deterministic* state machines; Poledna 1996: *replica determinism*). A
//! state is known by its hash; two executions follow each other if they are next to each other in a
//! lineage, and in neighbouring slots where both state one. Operations are compared in full, with
//! what identifies them. Unlike state-hash-agreement this blames the step that went two ways, not
//! the order that differed before. Binds every node that is not Byzantine.
//! # Cost
//! O(n) in events, as long as their operations.
//! # Witness
//! Two executions from one state, each with the execution before it.

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
    property: "replica-determinism",
    number: "RP14",
    statement: "from one state one operation leads to one state and one reply",
    source: "Schneider 1990; Poledna 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Apply],
    given: &[],
    check,
};

/// An execution, after the one before it.
type Step = (Applied, Applied);

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut last: Map<u32, Applied> = Map::default();
    let mut first: Map<String, Step> = Map::default();
    for apply in applied(case).iter() {
        let before = last.insert(apply.lineage, *apply);
        let Some(step) = before.map(|before| (before, *apply)) else { continue };
        let Some(start) = start(case, &step) else { continue };
        let known = *first.entry(start).or_insert(step);
        if known == step {
            continue;
        }
        tally.count(scene.time(known.0.event), scene.time(apply.event));
        if witness.is_none() && !same(case, &known.1, apply) {
            witness = Some(told(case, known, step));
        }
    }
    tally.verdict(witness, "no two replicas applied one operation in one state")
}

/// State and operation, if both are known and nothing is missing between them.
fn start(case: &Case<'_>, (before, apply): &Step) -> Option<String> {
    let slots = (before.slot(case.history), apply.slot(case.history));
    if let (Some((group, from)), Some((next, to))) = slots
        && (group != next || from.checked_add(1) != Some(to))
    {
        return None;
    }
    let state = key(case, before, "hash")?;
    let op = key(case, apply, "op")?;
    key(case, apply, "hash")?;
    Some(format!("{state} {op}"))
}

fn key<'h>(case: &Case<'h>, apply: &Applied, key: &str) -> Option<&'h Value> {
    apply.of(case.history).field(key).filter(|value| !value.is_null())
}

fn same(case: &Case<'_>, one: &Applied, other: &Applied) -> bool {
    let [a, b] = [one, other].map(|apply| (key(case, apply, "hash"), key(case, apply, "result")));
    a.0 == b.0 && (a.1 == b.1 || a.1.is_none() || b.1.is_none())
}

fn told(case: &Case<'_>, one: Step, other: Step) -> Witness {
    let state = key(case, &one.0, "hash").map(short).unwrap_or_default();
    let op = key(case, &one.1, "op").map(short).unwrap_or_default();
    let end = |apply: &Applied| {
        let hash = key(case, apply, "hash").map(short).unwrap_or_default();
        let reply = key(case, apply, "result").map(|r| format!(" and answered {}", short(r)));
        format!("{} came to {hash}{}", apply.who(case.history), reply.unwrap_or_default())
    };
    let says = [end(&one.1), end(&other.1)];
    Proof::default()
        .yes(format!("both were in state {state}"), [one.0.id(), other.0.id()])
        .yes(format!("both applied {op}"), [one.1.id(), other.1.id()])
        .no("they came to one state with one reply", [])
        .because(format!("from state {state}, with {op}, {}, {}", says[0], says[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn done(node: &str, op: &str, hash: &str) -> String {
        format!(r#"{{"t":1,"n":"{node}","k":"apply","op":"{op}","hash":"{hash}"}}"#)
    }

    #[test]
    fn a_step_that_goes_two_ways_is_told() {
        let all = ["n1", "n2"]
            .map(|n| [done(n, "a", "1"), done(n, "b", if n == "n1" { "2" } else { "3" })]);
        let events: Vec<&str> = all.iter().flatten().map(String::as_str).collect();
        let told = r#"from state "1", with "b", n1 came to "2", n2 came to "3""#;
        assert_eq!(because(&ENTRY, &history(&[], &events)), told);
    }

    #[test]
    fn another_order_is_no_lack_of_determinism() {
        let run = |second: [&str; 2]| {
            let own = [done("n1", "a", "1"), done("n1", "b", "2")];
            let other = [done("n2", "a", "1"), done("n2", second[0], second[1])];
            let events: Vec<&str> = own.iter().chain(&other).map(String::as_str).collect();
            history(&[], &events)
        };
        assert_eq!(ruling(&ENTRY, &run(["b", "2"])), Ruling::Held);
        let reason = "no two replicas applied one operation in one state";
        assert_eq!(undecided(&ENTRY, &run(["c", "3"])), reason);
    }
}
