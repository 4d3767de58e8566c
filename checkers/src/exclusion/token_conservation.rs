//! Token conservation: a token is in one place at a time.
//!
//! # Definition
//! In each epoch there is one token: it is created once at most, and at no instant do two nodes
//! hold it (Le Lann 1977; Suzuki & Kasami 1985). A node holds it from the `acquire` to its
//! `release`, to `lost`, or to its crash; a node that stands still goes on holding. Tokens without
//! an epoch are all of one, and how often it is made is not judged then. Each group has a token of
//! its own. Binds every node that is not Byzantine. On a real clock, two nodes hold it at once if
//! they do so by more than the clock's error.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The two acquisitions, or the two creations.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{Tenure, Turn, number, tenures, word};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "token-conservation",
    number: "MX4",
    statement: "the token of an epoch is created once and held by one node at a time",
    source: "Le Lann 1977; Suzuki & Kasami 1985",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Token],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let holds = tenures(case, |event| match what(event)? {
        "acquire" => Some(Turn::Take(word(event, "g"), number(event, "epoch"))),
        "release" | "lost" => Some(Turn::Leave(word(event, "g"), number(event, "epoch"))),
        _ => None,
    });
    let mut tally = Tally::of(&scene);
    scene.count_tenures(&mut tally, &holds);
    let clash = scene.clash(&holds, |hold| Some((&hold.what, hold.epoch)));
    let mut witness = clash.map(|pair| held_twice(&scene, pair));
    let mut first: Map<(String, u64), Event<'_>> = Map::default();
    for event in case.history.events().filter(|event| what(*event) == Some("new")) {
        let honest = event.node().is_some_and(|n| case.byzantine.get(n.index()) == Some(&false));
        let Some(epoch) = number(event, "epoch").filter(|_| honest) else { continue };
        let before = *first.entry((word(event, "g"), epoch)).or_insert(event);
        tally.count(before.time().min(event.time()), event.time());
        if before.id != event.id && witness.is_none() {
            witness = Some(made_twice(case, epoch, [before, event]));
        }
    }
    tally.verdict(witness, "no node held or made a token")
}

fn what<'h>(event: Event<'h>) -> Option<&'h str> {
    (event.kind() == Kind::Token).then(|| event.field("what").and_then(Value::as_str))?
}

fn of(epoch: Option<u64>) -> String {
    epoch.map(|epoch| format!(" of epoch {epoch}")).unwrap_or_default()
}

fn held_twice(scene: &Scene<'_>, [one, other]: [&Tenure; 2]) -> Witness {
    let who = [one, other].map(|hold| scene.node_name(hold.node));
    let of = of(one.epoch);
    Proof::default()
        .yes(format!("{} acquired the token{of}", who[0]), [EventId(one.begin)])
        .yes(format!("{} acquired the token{of}", who[1]), [EventId(other.begin)])
        .no("the one had given it up when the other got it", [])
        .because(format!("{} and {} both held the token{of} at once", who[0], who[1]))
}

fn made_twice(case: &Case<'_>, epoch: u64, pair: [Event<'_>; 2]) -> Witness {
    let who = pair.map(|e| e.node().map_or("?", |node| case.history.node_name(node)));
    let of = of(Some(epoch));
    Proof::default()
        .yes(format!("{} made a token{of}", who[0]), [pair[0].id])
        .no(format!("{} made none{of}", who[1]), [pair[1].id])
        .because(format!("the token{of} was made twice: by {} and by {}", who[0], who[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn at(time: u64, node: &str, what: &str) -> String {
        format!(r#"{{"t":{time},"n":"{node}","k":"token","what":"{what}","epoch":1}}"#)
    }

    #[test]
    fn a_token_in_two_places_is_told() {
        let two = history(&[], &[&at(1, "n1", "acquire"), &at(2, "n2", "acquire")]);
        assert_eq!(because(&ENTRY, &two), "n1 and n2 both held the token of epoch 1 at once");
        let made = history(&[], &[&at(1, "n1", "new"), &at(2, "n2", "new")]);
        let told = "the token of epoch 1 was made twice: by n1 and by n2";
        assert_eq!(because(&ENTRY, &made), told);
    }

    #[test]
    fn a_token_that_is_passed_on_is_one() {
        let passed = [at(1, "n1", "acquire"), at(2, "n1", "release"), at(3, "n2", "acquire")];
        let passed: Vec<&str> = passed.iter().map(String::as_str).collect();
        assert_eq!(ruling(&ENTRY, &history(&[], &passed)), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &history(&[], &[])), "no node held or made a token");
    }
}
