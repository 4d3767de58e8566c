//! Terminating broadcast, termination: every correct node delivers something, whatever becomes of
//! the sender.
//!
//! # Definition
//! Every correct node delivers a message or the sender's fault (Hadzilacos & Toueg 1994:
//! *Termination* of terminating reliable broadcast). An instance is known to have begun if some
//! node that does not lie acted on it: its sender proposed, even if it crashed at once, or
//! somebody decided. Judged are instances to which at most one node proposed, in histories with
//! a decision of null, or with the workload `terminating-broadcast`. A node whose last life starts
//! late after the first act owes nothing.
//! # Cost
//! O(events · log instances + instances · nodes).
//! # Witness
//! The act; that the decision never came cannot be shown by an event.

use crate::consensus::instances::{Act, Instance, Instances};
use crate::consensus::{deciding, sender};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "terminating-broadcast-termination",
    number: "RB8",
    statement: "every correct node delivers a message or the sender's fault in the end",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances + instances · nodes)",
    needs: &[Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let spoken_of = sender::is_spoken_of(&Instances::of(&crate::scene::Scene::of(case)));
    let begun = |instances: &Instances<'_, '_>, _, instance: &Instance| match spoken_of {
        true => begun(instances, instance),
        false => Vec::new(),
    };
    deciding::judge(case, begun, "no terminating broadcast began")
}

fn begun(instances: &Instances<'_, '_>, instance: &Instance) -> Vec<Act> {
    let acts = instance.proposals.iter().chain(&instance.decisions);
    let first = acts.min_by_key(|act| (instances.scene.key(act.event), act.event));
    first.filter(|_| sender::is_alone(instance)).copied().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_crashed_sender_is_no_excuse() {
        let words = "n1 propose 1 a; n1 crash; n2 decide 1 null";
        let told = "n1 proposed a to instance 1; n3, which is correct, never decided";
        assert_eq!(because(&ENTRY, &spoken(&json!({}), words)), told);
        let held = format!("{words}; n3 decide 1 null");
        assert_eq!(ruling(&ENTRY, &spoken(&json!({}), &held)), Ruling::Held);
    }

    #[test]
    fn a_consensus_is_no_broadcast() {
        let words = "n1 propose 1 a; n1 crash; n2 decide 1 a";
        assert_eq!(undecided(&ENTRY, &spoken(&json!({}), words)), "no terminating broadcast began");
    }
}
