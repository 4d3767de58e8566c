//! Convergence: in the end replicas are in one state.
//!
//! # Definition
//! At the end of a complete history all correct replicas are in one state (Terry et al. 1995:
//! *eventual consistency*; Saito & Shapiro 2005). A replica's state is known by the hash of its
//! last execution or snapshot; it is not known if that one tells none, or if the replica restarted
//! and forgot since. Where every component is to go on, components need not agree and nothing is
//! judged. Each group by itself. Binds correct nodes.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The last that two replicas told of their states.

use crate::reliability::owed::INCOMPLETE;
use crate::replication::operations::short;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::word;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{DeliveryContract, Event, Kind, PartitionContract};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "convergence",
    number: "RP19",
    statement: "in the end correct replicas are in one state",
    source: "Terry et al. 1995; Saito & Shapiro 2005",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Apply],
    given: &[Given::Primary],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let header = &case.history.header;
    if header.contract.partition == PartitionContract::Partitionable {
        return Verdict::undecided("components that go on by themselves need not agree");
    }
    if !header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut first: BTreeMap<String, Event<'_>> = BTreeMap::new();
    for ((group, _), last) in last(case) {
        let Some(hash) = last.field("hash").filter(|hash| !hash.is_null()) else { continue };
        let before = *first.entry(group).or_insert(last);
        if before.id == last.id {
            continue;
        }
        tally.count(before.time().min(last.time()), case.history.end());
        if witness.is_none() && before.field("hash") != Some(hash) {
            witness = Some(told(case, [before, last]));
        }
    }
    tally.verdict(witness, "no two correct replicas told their last state")
}

/// The last execution or snapshot of each correct node in each group, unless forgotten.
fn last<'h>(case: &Case<'h>) -> BTreeMap<(String, u32), Event<'h>> {
    let forgets = case.history.header.contract.delivery != DeliveryContract::Logged;
    let mut last = BTreeMap::new();
    let mut forgotten = vec![None; case.history.node_count()];
    for event in case.history.events() {
        let Some(node) = event.node().filter(|n| case.correct.get(n.index()) == Some(&true)) else {
            continue;
        };
        match event.kind() {
            Kind::Recover if forgets => forgotten[node.index()] = Some(event.id),
            Kind::Apply | Kind::StateSet => {
                last.insert((word(event, "g"), node.0), event);
            }
            _ => {}
        }
    }
    last.retain(|(_, node), event| Some(event.id) > forgotten[*node as usize]);
    last
}

fn told(case: &Case<'_>, pair: [Event<'_>; 2]) -> Witness {
    let says = pair.map(|event| {
        let who = event.node().map_or("?", |node| case.history.node_name(node));
        format!("{who} was in state {}", event.field("hash").map(short).unwrap_or_default())
    });
    Proof::default()
        .yes(says[0].clone(), [pair[0].id])
        .yes(says[1].clone(), [pair[1].id])
        .no("these states are one", [])
        .because(format!("in the end {}, {}", says[0], says[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const COMPLETE: &str = r#""complete":true"#;

    fn at(node: &str, hash: &str) -> String {
        format!(r#"{{"t":1,"n":"{node}","k":"apply","hash":"{hash}"}}"#)
    }

    #[test]
    fn replicas_that_end_apart_are_told() {
        let apart = history(&[COMPLETE], &[&at("n1", "a"), &at("n2", "a"), &at("n2", "b")]);
        let told = r#"in the end n1 was in state "a", n2 was in state "b""#;
        assert_eq!(because(&ENTRY, &apart), told);
        assert_eq!(undecided(&ENTRY, &history(&[], &[&at("n1", "a"), &at("n2", "b")])), INCOMPLETE);
    }

    #[test]
    fn only_the_end_counts() {
        let joined = history(&[COMPLETE], &[&at("n1", "a"), &at("n2", "b"), &at("n1", "b")]);
        assert_eq!(ruling(&ENTRY, &joined), Ruling::Held);
    }

    #[test]
    fn what_was_forgotten_is_not_known() {
        let crash = r#"{"t":2,"n":"n2","k":"crash"}"#;
        let back = r#"{"t":3,"n":"n2","k":"recover"}"#;
        let model = r#""failure_model":"crash-recovery""#;
        let events = [&at("n1", "a"), &at("n2", "b"), crash, back];
        let forgot = history(&[COMPLETE, model], &events);
        assert!(undecided(&ENTRY, &forgot).starts_with("no two correct replicas"));
    }
}
