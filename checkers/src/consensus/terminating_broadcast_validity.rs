//! Terminating broadcast, validity: what a correct sender broadcasts, all correct nodes deliver.
//!
//! # Definition
//! If the sender of an instance is correct and broadcasts `m`, every correct node delivers `m` in
//! the end (Hadzilacos & Toueg 1994: *Validity* of terminating reliable broadcast). The broadcast
//! is a proposal to the instance, the only one; the delivery a decision of the same value. A
//! sender that ever crashed promises nothing; a node whose last life starts late, after the
//! broadcast, owes nothing. That nodes do not deliver different values is consensus-agreement, and
//! that they deliver once, consensus-integrity.
//! # Cost
//! O(events · log instances + instances · nodes).
//! # Witness
//! The broadcast, and what was delivered instead, if anything.

use crate::consensus::instances::{Act, Instances, Name};
use crate::consensus::sender;
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Set;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "terminating-broadcast-validity",
    number: "RB8",
    statement: "what a correct sender broadcasts, every correct node delivers in the end",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances + instances · nodes)",
    needs: &[Kind::Propose],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let broadcast = sender::broadcast(&instances, instance);
        let Some(act) = broadcast.filter(|act| sender::is_always_up(&instances, act)) else {
            continue;
        };
        let right = instance.decisions.iter().filter(|d| d.value == act.value);
        let content: Set<u32> = right.map(|d| d.node).collect();
        let last = instance.decisions.iter().map(|d| instances.time(d)).max();
        for node in instances.debtors(*name, act.event) {
            let from = instances.time(act);
            tally.count(from, from.max(last.unwrap_or(from)));
            if witness.is_none() && !content.contains(&node) {
                let instead = instance.decisions.iter().find(|d| d.node == node);
                witness = Some(missing(&instances, *name, act, node, instead));
            }
        }
    }
    tally.verdict(witness, "no correct sender broadcast alone to an instance")
}

fn missing(
    instances: &Instances<'_, '_>,
    name: Name,
    act: &Act,
    node: u32,
    instead: Option<&Act>,
) -> Witness {
    let (says, who) = (instances.proposed(name, act), instances.scene.node_name(node));
    let what = instances.told(act);
    let instead_told = match instead {
        Some(instead) => format!("{who} decided {}", instances.told(instead)),
        None => format!("{who} never decided"),
    };
    Proof::default()
        .yes(says.clone(), [act.id()])
        .yes(format!("{} is correct", instances.who(act)), [])
        .no(format!("{who} decided {what} by the end of the run"), instead.map(Act::id))
        .because(format!("{says}; {instead_told}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_correct_sender_is_heard() {
        let words = "n1 propose 1 a; n1 decide 1 a; n2 decide 1 a; n3 decide 1 null";
        let told = "n1 proposed a to instance 1; n3 decided null";
        assert_eq!(because(&ENTRY, &spoken(&json!({}), words)), told);
        let words = "n1 propose 1 a; n1 decide 1 a; n2 decide 1 a; n3 decide 1 a";
        assert_eq!(ruling(&ENTRY, &spoken(&json!({}), words)), Ruling::Held);
    }

    #[test]
    fn a_sender_that_crashed_promises_nothing() {
        let words = "n1 propose 1 a; n1 crash; n2 decide 1 null; n3 decide 1 null";
        assert!(undecided(&ENTRY, &spoken(&json!({}), words)).starts_with("no correct sender"));
    }
}
