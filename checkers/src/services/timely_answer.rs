//! Timely answer: in quiet times a request is answered, and soon.
//!
//! # Definition
//! If no fault was at work in the `about.bounds.takeover` nanoseconds before a request, nor in
//! those after it, and some server was up, the client has an answer within that time. Faults are
//! those of *single responder*, whose other half this is: *that* some server answers (Birman 1985).
//! Servers are the nodes that are in every group. Any answer counts, an error too. A request
//! shortly before the end of the history is not judged. On a real clock its error is granted.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The request, and the answer if it came late.

use crate::reliability::owed::INCOMPLETE;
use crate::replication::operations::{Operation, Operations};
use crate::replication::quiet::Quiet;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::services::servers::Servers;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::Kind;
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "timely-answer",
    number: "RP21",
    statement: "a request made while nothing has failed for a while is answered, if a server is up",
    source: "Birman 1985",
    class: Class::Liveness,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke],
    given: &[Given::Bound("takeover")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(takeover) = bound(case.history, "takeover") else {
        return Verdict::undecided("about.bounds states no takeover");
    };
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let (quiet, servers) = (Quiet::of(case, Span(takeover)), Servers::of(case));
    let patience = Span(takeover.saturating_add(quiet.clock_error));
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for operation in &Operations::of(case).all {
        let node = scene.history.nodes()[operation.invoke as usize] as usize;
        let lies = case.byzantine.get(node) == Some(&true);
        let asked = scene.time(operation.invoke);
        let due = asked + patience;
        let is_judged = !lies && due <= case.history.end() && quiet.lasts(asked, due);
        if !is_judged || !servers.is_one_up(asked) {
            continue;
        }
        // Whatever failed before is what the servers may not have got over.
        tally.count(Time::ZERO, due);
        if operation.response.is_none_or(|response| scene.time(response) > due) {
            tally.breach(&mut witness, || told(&scene, operation, patience));
        }
    }
    tally.verdict(witness, "nobody asked for anything while nothing had failed for a while")
}

fn told(scene: &Scene<'_>, operation: &Operation, patience: Span) -> Witness {
    let who = operation.who(scene.history);
    let so_far = match operation.response {
        None => "never had an answer".to_owned(),
        Some(response) => {
            let took = scene.time(response).since(scene.time(operation.invoke));
            format!("had an answer after {took} ms")
        }
    };
    Proof::default()
        .yes(format!("{who} asked, and nothing failed around that time"), operation.events())
        .no(format!("it had an answer within {patience} ms"), [])
        .because(format!("{who} {so_far}, though nothing failed around that time"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;

    const HEADER: &str = r#""complete":true,"end":90,"about":{"bounds":{"takeover":5}},
        "groups":{"g":["n1","n2","n3","n4"],"g2":["n1","n2"]}"#;

    fn run(header: &str, events: &[&str]) -> History {
        history(&[&header.replace('\n', "")], events)
    }

    const ASKED: &str = r#"{"t":20,"n":"n4","k":"invoke","client":"c","op":{"f":"read"}}"#;

    fn answered(at: u64) -> String {
        let answer = r#""n":"n4","k":"response","client":"c","result":{"f":"x"},"status":"ok"}"#;
        format!(r#"{{"t":{at},{answer}"#)
    }

    fn crash(node: &str, at: u64) -> String {
        format!(r#"{{"t":{at},"n":"{node}","k":"crash"}}"#)
    }

    #[test]
    fn silence_and_lateness_are_told() {
        let silent = "c never had an answer, though nothing failed around that time";
        assert_eq!(because(&ENTRY, &run(HEADER, &[ASKED])), silent);
        let late = because(&ENTRY, &run(HEADER, &[ASKED, &answered(26)]));
        assert!(late.starts_with("c had an answer after "), "{late}");
        assert_eq!(ruling(&ENTRY, &run(HEADER, &[ASKED, &answered(25)])), Ruling::Held);
    }

    #[test]
    fn a_fault_before_or_after_excuses() {
        let nothing = "nobody asked for anything while nothing had failed for a while";
        for at in [15, 20] {
            assert_eq!(undecided(&ENTRY, &run(HEADER, &[&crash("n1", at), ASKED])), nothing);
        }
        assert_eq!(undecided(&ENTRY, &run(HEADER, &[ASKED, &crash("n1", 25)])), nothing);
        let early = crash("n1", 14);
        assert_eq!(ruling(&ENTRY, &run(HEADER, &[&early, ASKED])), Ruling::Violated);
        let late = crash("n1", 26);
        assert_eq!(ruling(&ENTRY, &run(HEADER, &[ASKED, &late])), Ruling::Violated);
    }

    #[test]
    fn the_beginning_excuses_as_a_fault_does() {
        let nothing = "nobody asked for anything while nothing had failed for a while";
        let asked = |at: u64| ASKED.replace("20", &at.to_string());
        assert_eq!(undecided(&ENTRY, &run(HEADER, &[&asked(5)])), nothing);
        assert_eq!(ruling(&ENTRY, &run(HEADER, &[&asked(6)])), Ruling::Violated);
    }

    #[test]
    fn without_a_server_nobody_is_owed_an_answer() {
        let nothing = "nobody asked for anything while nothing had failed for a while";
        let all = [&crash("n1", 1), &crash("n2", 2), ASKED];
        assert_eq!(undecided(&ENTRY, &run(HEADER, &all)), nothing);
        let clients = [&crash("n3", 1), &crash("n2", 2), ASKED];
        assert_eq!(ruling(&ENTRY, &run(HEADER, &clients)), Ruling::Violated);
    }

    #[test]
    fn what_may_still_come_is_not_missing() {
        let open = HEADER.replace("true", "false");
        assert_eq!(undecided(&ENTRY, &run(&open, &[ASKED])), INCOMPLETE);
        let nothing = "nobody asked for anything while nothing had failed for a while";
        let short = HEADER.replace("90", "24");
        assert_eq!(undecided(&ENTRY, &run(&short, &[ASKED])), nothing);
    }
}
