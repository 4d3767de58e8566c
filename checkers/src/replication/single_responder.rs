//! Single responder: in quiet times one server alone answers a request.
//!
//! # Definition
//! Of the servers that all hear a request, only one executes and answers it, unless a fault just
//! before or meanwhile made two believe that it was their turn (Birman 1985: the coordinator of
//! *coordinator-cohort*; the active server of least index). Two executions of one request at
//! different nodes are a violation if no fault was at work between them nor in the
//! `about.bounds.takeover` nanoseconds before the first: in that time servers may still be learning
//! of the fault; a real clock's error is granted on both sides. Crashes, restarts, pauses and
//! disturbances are faults, and so is the beginning, when no server has heard of another. Requests
//! are told apart by their message or by their client and its number. That some server answers at
//! all is not judged here. Only for services in which not every replica executes a request: stating
//! the bound says so. Binds every node that is not Byzantine.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The two executions.

use crate::replication::applied::{Applied, applied, identity};
use crate::replication::quiet::Quiet;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::Kind;
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::Verdict;
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "single-responder",
    number: "RP21",
    statement: "no two servers execute one request while nothing has failed for a while",
    source: "Birman 1985",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Apply],
    given: &[Given::Bound("takeover")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(takeover) = bound(case.history, "takeover") else {
        return Verdict::undecided("about.bounds states no takeover");
    };
    let scene = Scene::of(case);
    let quiet = Quiet::of(case, Span(takeover));
    let mut of_request: BTreeMap<String, Vec<Applied>> = BTreeMap::new();
    for apply in applied(case).iter() {
        if let Some(name) = identity(apply.of(case.history)) {
            of_request.entry(name).or_default().push(*apply);
        }
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, mut answers) in of_request {
        answers.sort_by_key(|apply| (scene.time(apply.event), apply.event));
        let quiet =
            |a: &Applied, b: &Applied| quiet.lasts(scene.time(a.event), scene.time(b.event));
        let Some(last) = answers.last() else { continue };
        if answers.iter().any(|answer| quiet(answer, answer)) {
            // Whatever failed before is what the servers may not have got over.
            tally.count(Time::ZERO, scene.time(last.event));
        }
        let two =
            answers.windows(2).find(|two| two[0].node != two[1].node && quiet(&two[0], &two[1]));
        if let Some([one, other]) = two.filter(|_| witness.is_none()) {
            let [a, b] = [one, other].map(|apply| apply.who(case.history));
            let proof = Proof::default()
                .yes(format!("{a} executed {name}"), [one.id()])
                .yes("nothing had failed for a while", [])
                .no(format!("{b} did not execute {name}"), [other.id()]);
            witness = Some(proof.because(format!("{a} and {b} both executed {name}")));
        }
    }
    tally.verdict(witness, "no server executed a request while nothing had failed for a while")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const BOUND: &str = r#""about":{"bounds":{"takeover":5}}"#;

    fn done(node: &str, at: u64) -> String {
        let op = r#"{"client":"c1","id":1,"f":"3+5"}"#;
        format!(r#"{{"t":{at},"n":"{node}","k":"apply","op":{op},"result":8}}"#)
    }

    #[test]
    fn two_servers_in_quiet_times_are_told() {
        let history = history(&[BOUND], &[&done("n1", 9), &done("n2", 10)]);
        assert_eq!(because(&ENTRY, &history), "n1 and n2 both executed c1 #1");
    }

    #[test]
    fn a_fault_excuses_for_a_while() {
        let crash = |at| format!(r#"{{"t":{at},"n":"n3","k":"crash"}}"#);
        let run = |at: u64| history(&[BOUND], &[&crash(at), &done("n1", 9), &done("n2", 10)]);
        assert_eq!(ruling(&ENTRY, &run(4)), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &run(3)), Ruling::Violated);
        let alone = history(&[BOUND], &[&done("n1", 9)]);
        assert_eq!(ruling(&ENTRY, &alone), Ruling::Held);
    }

    #[test]
    fn the_beginning_excuses_as_a_fault_does() {
        let run = |first, then| history(&[BOUND], &[&done("n1", first), &done("n2", then)]);
        assert_eq!(ruling(&ENTRY, &run(5, 9)), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &run(6, 9)), Ruling::Violated);
    }

    #[test]
    fn without_the_bound_nothing_is_said() {
        let both = history(&[], &[&done("n1", 9), &done("n2", 10)]);
        assert_eq!(undecided(&ENTRY, &both), "about.bounds states no takeover");
    }
}
