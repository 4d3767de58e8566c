//! Checkpoint law: checkpoints of one length are one state.
//!
//! # Definition
//! A checkpoint that covers the first `i` operations is the state that those lead to, so that any
//! two of one length, taken or installed, at whatever node, have the same hash (Elnozahy, Alvisi,
//! Wang & Johnson 2002 on rollback by checkpoint and log; Schneider 1990). The length is the `slot`
//! of a `state_get` or `state_set`. We do not hold checkpoints against executions, since histories
//! count slots from 0 or from 1: what is executed after a checkpoint is state-hash-agreement's to
//! judge. Groups are told apart. Binds every node that is not Byzantine.
//! # Cost
//! O(events).
//! # Witness
//! Two checkpoints of one length and two hashes.

use crate::replication::operations::short;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{number, word};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "checkpoint-law",
    number: "RP17",
    statement: "checkpoints that cover the same operations are one state",
    source: "Elnozahy, Alvisi, Wang & Johnson 2002; Schneider 1990",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::StateSet],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut first: Map<(String, u64), Event<'_>> = Map::default();
    for event in case.history.events().filter(|event| is_checkpoint(case, *event)) {
        let (Some(length), Some(_)) = (number(event, "slot"), hash(event)) else { continue };
        let before = *first.entry((word(event, "g"), length)).or_insert(event);
        if before.id == event.id {
            continue;
        }
        tally.count(before.time(), event.time());
        if witness.is_none() && hash(before) != hash(event) {
            witness = Some(told(case, length, [before, event]));
        }
    }
    tally.verdict(witness, "no two checkpoints of one length tell their hash")
}

fn is_checkpoint(case: &Case<'_>, event: Event<'_>) -> bool {
    let honest = event.node().is_some_and(|n| case.byzantine.get(n.index()) == Some(&false));
    honest && matches!(event.kind(), Kind::StateGet | Kind::StateSet)
}

fn hash<'h>(event: Event<'h>) -> Option<&'h Value> {
    event.field("hash").filter(|hash| !hash.is_null())
}

fn told(case: &Case<'_>, length: u64, pair: [Event<'_>; 2]) -> Witness {
    let says = pair.map(|event| {
        let how = if event.kind() == Kind::StateGet { "took" } else { "installed" };
        let who = event.node().map_or("?", |node| case.history.node_name(node));
        format!("{who} {how} {}", hash(event).map(short).unwrap_or_default())
    });
    Proof::default()
        .yes(says[0].clone(), [pair[0].id])
        .yes(says[1].clone(), [pair[1].id])
        .no(format!("checkpoints of {length} operations are one state"), [])
        .because(format!("as checkpoint of {length} operations {}, {}", says[0], says[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn of(node: &str, kind: &str, hash: &str) -> String {
        format!(r#"{{"t":1,"n":"{node}","k":"{kind}","slot":7,"hash":"{hash}"}}"#)
    }

    #[test]
    fn two_states_of_one_length_are_told() {
        let history = history(&[], &[&of("n1", "state_get", "a"), &of("n2", "state_set", "b")]);
        let told = r#"as checkpoint of 7 operations n1 took "a", n2 installed "b""#;
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn one_state_holds_and_one_checkpoint_shows_nothing() {
        let (taken, set) = (of("n1", "state_get", "a"), of("n2", "state_set", "a"));
        assert_eq!(ruling(&ENTRY, &history(&[], &[&taken, &set])), Ruling::Held);
        let reason = "no two checkpoints of one length tell their hash";
        assert_eq!(undecided(&ENTRY, &history(&[], &[&set])), reason);
    }
}
