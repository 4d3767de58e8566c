//! Output commit: a client is told only what enough replicas have done.
//!
//! # Definition
//! Before a client is told that its operation was done, `about.bounds.replicas` replicas have
//! executed it (Strom & Yemini 1985: no output before what it depends on can be recovered; Elnozahy
//! et al. 2002: the *output commit* problem). Judged of operations that are known by their message
//! or by their client and its number, both where they are asked for and where they are executed;
//! reads depend on nothing new and are free. On a real clock an execution counts unless it came
//! later by more than the clock's error. Executions at Byzantine nodes do not count.
//! # Cost
//! O(n log n) in events, times the replicas.
//! # Witness
//! The operation, and the executions that came before its response.

use crate::replication::applied::{applied, identity};
use crate::replication::operations::{Operation, Operations, Status};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "output-commit",
    number: "RP18",
    statement: "a client is told only what enough replicas have executed",
    source: "Strom & Yemini 1985; Elnozahy, Alvisi, Wang & Johnson 2002",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Apply, Kind::Response],
    given: &[Given::Bound("replicas")],
    check,
};

/// For each operation and each replica the earliest execution: where it stands in time, and its
/// event.
type Executions = BTreeMap<String, BTreeMap<u32, (u64, u32)>>;

fn check(case: &Case<'_>) -> Verdict {
    let Some(replicas) = bound(case.history, "replicas") else {
        return Verdict::undecided("about.bounds states no replicas");
    };
    let scene = Scene::of(case);
    let mut executions = Executions::new();
    for apply in applied(case).iter() {
        if let Some(name) = identity(apply.of(case.history)) {
            let here = (scene.key(apply.event), apply.event);
            let of_name = executions.entry(name).or_default();
            let known = of_name.entry(apply.node).or_insert(here);
            *known = here.min(*known);
        }
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for operation in &Operations::of(case).all {
        let update = operation.status == Status::Ok && operation.f(case.history) != "read";
        let Some(response) = operation.response.filter(|_| update) else { continue };
        let name = identity(case.history.event(EventId(operation.invoke)));
        let Some(executed) = name.as_ref().and_then(|name| executions.get(name)) else { continue };
        tally.count(scene.time(operation.invoke), scene.time(response));
        let told = scene.start_key(response);
        let before = executed.values().filter(|(key, _)| *key <= told);
        let before: Vec<EventId> = before.map(|(_, event)| EventId(*event)).collect();
        if (before.len() as u64) < replicas && witness.is_none() {
            let name = name.unwrap_or_default();
            let all: Vec<EventId> = match before.as_slice() {
                [] => {
                    executed.values().next().map(|(_, event)| EventId(*event)).into_iter().collect()
                }
                some => some.to_vec(),
            };
            witness = Some(told_too_soon(case, operation, &name, (before.len(), all), replicas));
        }
    }
    tally.verdict(witness, "no client was told of an operation that a replica executed")
}

fn told_too_soon(
    case: &Case<'_>,
    operation: &Operation,
    name: &str,
    (count, executions): (usize, Vec<EventId>),
    replicas: u64,
) -> Witness {
    let who = operation.who(case.history);
    Proof::default()
        .yes(format!("{who} was told that {name} was done"), operation.events())
        .no(format!("{replicas} replicas had executed it"), executions)
        .because(format!(
            "{who} was told that {name} was done when {count} replicas had executed it; \
             {replicas} are required"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const BOUND: &str = r#""about":{"bounds":{"replicas":2}}"#;
    const ASK: &str = r#"{"t":1,"k":"invoke","client":"c","op":{"f":"add","id":1}}"#;
    const DONE: &str = r#"{"t":4,"k":"response","client":"c","status":"ok"}"#;

    fn at(time: u64, node: &str) -> String {
        format!(r#"{{"t":{time},"n":"{node}","k":"apply","op":{{"client":"c","id":1}}}}"#)
    }

    #[test]
    fn an_answer_that_came_too_soon_is_told() {
        let soon = history(&[BOUND], &[ASK, &at(2, "n1"), DONE, &at(5, "n2")]);
        let told = "c was told that c #1 was done when 1 replicas had executed it; 2 are required";
        assert_eq!(because(&ENTRY, &soon), told);
    }

    #[test]
    fn an_answer_after_enough_executions_holds() {
        let good = history(&[BOUND], &[ASK, &at(2, "n1"), &at(3, "n2"), DONE]);
        assert_eq!(ruling(&ENTRY, &good), Ruling::Held);
        let unknown = history(&[BOUND], &[ASK, DONE]);
        assert!(undecided(&ENTRY, &unknown).starts_with("no client was told"));
    }
}
