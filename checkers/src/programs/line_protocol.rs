//! Line protocol: what a program writes can be understood, and it stays.
//!
//! # Definition
//! Every line that a node writes is a message to somebody who exists, in its own name; every answer
//! answers a request; every word to the harness is one that it knows; a node answers `init` in
//! time, reads what it is sent, and ends only when it is killed or told to. Whoever runs the
//! program notes each breach as it is met (`note` with `breach`); a history whose header does not
//! say that it was made over the line protocol (`about.protocol`) has nothing to judge.
//!
//! A node that is killed has broken nothing by that. Byzantine nodes may write what they like.
//! # Cost
//! O(events).
//! # Witness
//! The first breach.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{Event, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "line-protocol",
    number: "LP1",
    statement: "every line of a node is understood, and no node ends by itself",
    source: "docs/line-protocol.md",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[],
    given: &[Given::Lines],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let mut tally = Tally::of(&Scene::of(case));
    let mut witness = None;
    for event in case.history.events().filter(|event| is_honest(case, *event)) {
        let breach = breach(event);
        if breach.is_some() || is_of_a_line(event.kind()) {
            tally.count(event.time(), event.time());
        }
        if let Some(breach) = breach.filter(|_| witness.is_none()) {
            witness = Some(told(case, event, breach));
        }
    }
    tally.verdict(witness, "no node wrote a line")
}

fn is_honest(case: &Case<'_>, event: Event<'_>) -> bool {
    event.node().is_some_and(|node| case.byzantine.get(node.index()) == Some(&false))
}

/// Whether events of this kind at a node come of a line that it wrote.
fn is_of_a_line(kind: Kind) -> bool {
    use Kind::{Apply, Block, Decide, Deliver, Discard, Response, StateSet, Suspect, Token, Trust};
    let told = matches!(kind, Deliver | Kind::View | Block | Suspect | Trust | Decide | Discard);
    told || matches!(kind, Kind::Send | Response | Token | StateSet | Apply)
}

/// The word for the breach that a note tells of.
fn breach<'h>(event: Event<'h>) -> Option<&'h str> {
    (event.kind() == Kind::Note).then(|| event.field("breach").and_then(Value::as_str))?
}

fn told(case: &Case<'_>, event: Event<'_>, breach: &str) -> Witness {
    let who = event.node().map_or("?", |node| case.history.node_name(node));
    let text = event.field("text").and_then(Value::as_str).unwrap_or(breach);
    Proof::default()
        .yes(format!("of {who} it was noted: {text}"), [event.id])
        .because(format!("{who} broke the line protocol ({breach}): {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const LINES: &str = r#""about":{"protocol":"lines"}"#;
    const DELIVERY: &str = r#"{"t":1,"n":"n1","k":"deliver","m":"n1:0:1"}"#;
    const EXIT: &str =
        r#"{"t":2,"n":"n2","k":"note","text":"it ended by itself: status 3","breach":"exit"}"#;
    const REMARK: &str = r#"{"t":2,"n":"n2","k":"note","text":"a remark"}"#;

    #[test]
    fn a_breach_is_told_and_a_remark_is_none() {
        let told = "n2 broke the line protocol (exit): it ended by itself: status 3";
        assert_eq!(because(&ENTRY, &history(&[LINES], &[DELIVERY, EXIT])), told);
        assert_eq!(ruling(&ENTRY, &history(&[LINES], &[DELIVERY, REMARK])), Ruling::Held);
    }

    #[test]
    fn silence_proves_nothing_and_liars_are_not_judged() {
        assert_eq!(undecided(&ENTRY, &history(&[LINES], &[REMARK])), "no node wrote a line");
        let liar = history(&[LINES, r#""byzantine":["n2"]"#], &[DELIVERY, EXIT]);
        assert_eq!(ruling(&ENTRY, &liar), Ruling::Held);
    }

    #[test]
    fn histories_of_other_makers_have_nothing_to_judge() {
        let foreign = history(&[], &[DELIVERY]);
        assert!(ENTRY.lacks(&foreign).is_some());
    }
}
