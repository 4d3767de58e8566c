//! Termination, if all propose: every correct node decides what all of them proposed to.
//!
//! # Definition
//! Every correct node decides each instance that every correct node of its group proposed to. This
//! is what the definition of Chandra & Toueg (1996: *Termination*) promises to the letter, since
//! there every node proposes: a node may wait for the proposals of all that are not suspected. A
//! proposal counts if its node did not crash afterwards.
//! # Cost
//! O(events · log instances + instances · nodes).
//! # Witness
//! The proposals; that the decision never came cannot be shown by an event.

use crate::consensus::deciding;
use crate::consensus::instances::{Act, Instance, Instances, Name};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-termination-if-all-propose",
    number: "CO1",
    statement: "every correct node decides each instance that all correct nodes proposed to",
    source: "Chandra & Toueg 1996",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances + instances · nodes)",
    needs: &[Kind::Propose],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    deciding::judge(case, everybody, "there is no instance that all correct nodes proposed to")
}

/// The first proposal that stands of each correct member, in the order of the file; none unless
/// each made one.
fn everybody(instances: &Instances<'_, '_>, name: Name, instance: &Instance) -> Vec<Act> {
    let mut first: Map<u32, Act> = Map::default();
    for act in instance.proposals.iter().filter(|act| instances.stands(act)) {
        first.entry(act.node).or_insert(*act);
    }
    let correct = |node: &u32| instances.scene.case.correct[*node as usize];
    let members = instances.members(name).filter(correct);
    let all: Option<Vec<Act>> = members.map(|node| first.get(&node).copied()).collect();
    let mut all = all.unwrap_or_default();
    all.sort_unstable_by_key(|act| act.event);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn one_who_does_not_propose_may_hold_up_all() {
        let two = "n1 propose 1 a; n2 propose 1 b";
        let history = spoken(&json!({}), two);
        assert!(undecided(&ENTRY, &history).starts_with("there is no instance"));
        let history = spoken(&json!({}), &format!("{two}; n3 crash; n2 decide 1 b"));
        let told = "n1 proposed a to instance 1; n1, which is correct, never decided";
        assert_eq!(because(&ENTRY, &history), told);
        let words = format!("{two}; n3 crash; n2 decide 1 b; n1 decide 1 b");
        assert_eq!(ruling(&ENTRY, &spoken(&json!({}), &words)), Ruling::Held);
    }
}
