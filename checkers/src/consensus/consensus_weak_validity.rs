//! Weak validity: if nobody is faulty, what is decided was proposed.
//!
//! # Definition
//! If all nodes are correct and propose the same value, no other is decided; and if all nodes are
//! correct and one decides `v`, some node proposed `v` (Cachin, Guerraoui & Rodrigues 2011: *Weak
//! Validity* of Byzantine consensus). The second half implies the first. It binds the members of
//! the instance's group, and says nothing as soon as one of them is faulty, so that runs with
//! faults seldom test it. Decisions that stand for something else than a proposal are not judged.
//! # Cost
//! O(events · log instances + instances · nodes).
//! # Witness
//! The decision.

use crate::consensus::instances::Instances;
use crate::consensus::proposed;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-weak-validity",
    number: "CO6",
    statement: "if all nodes are correct, what a node decides, some node proposed",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances)",
    needs: &[Kind::Propose, Kind::Decide],
    given: &[Given::NoLiars],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let all_correct = |instances: &Instances<'_, '_>, name| {
        instances.members(name).all(|node| case.correct[node as usize])
    };
    proposed::judge(case, all_correct, "no instance was decided in which all nodes are correct")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn it_binds_only_if_nobody_is_faulty() {
        let words = "n1 propose 1 a; n2 decide 1 b";
        let told = "n2 decided b in instance 1, which nobody proposed";
        assert_eq!(because(&ENTRY, &spoken(&json!({}), words)), told);
        let liar = spoken(&json!({"byzantine": ["n3"]}), words);
        assert!(undecided(&ENTRY, &liar).starts_with("no instance"));
        let held = spoken(&json!({}), "n1 propose 1 a; n2 decide 1 a");
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
    }
}
