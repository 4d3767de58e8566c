//! Uniform agreement, while a majority is correct: what any node delivers, even one that then
//! crashes, every correct node delivers.
//!
//! # Definition
//! As uniform-agreement, promised only for messages to groups of which more than half of the
//! members are correct: all that uniform reliable broadcast can promise without a perfect failure
//! detector (Cachin, Guerraoui & Rodrigues 2011: the *majority-ack* algorithm). Groups without such
//! a majority are outside the model, and where there is no other, nothing is decided.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! The broadcast and one delivery; that the other never came cannot be shown by an event.

use crate::reliability::owed;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "majority-uniform-agreement",
    number: "RB7",
    statement: "while a majority is correct, what any node delivers every correct one delivers",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Liveness,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

/// The reason where too many nodes are faulty.
pub const OUTSIDE: &str = "outside the model: no group has a majority of correct members";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let has = has_majority(&scene);
    let nothing = match has.contains(&true) {
        true => "nobody delivered anything to a group with a majority of correct members",
        false => OUTSIDE,
    };
    let judged = |row| scene.group(row).is_some_and(|g| has[g as usize]);
    owed::agreement_on(&scene, Bound::Honest, nothing, judged)
}

/// For each group, whether more than half of its members are correct.
fn has_majority(scene: &Scene<'_>) -> Vec<bool> {
    let nodes = 0..scene.history.node_count() as u32;
    let majority = |group| {
        let members = nodes.clone().filter(|node| scene.is_member(group, *node));
        let (correct, faulty): (Vec<u32>, Vec<u32>) =
            members.partition(|node| scene.case.correct[*node as usize]);
        correct.len() > faulty.len()
    };
    (0..scene.group_count() as u32).map(majority).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_node_obliges_a_correct_majority() {
        let told = "n1 delivered n1:0:1; n2, which is correct, never did";
        assert_eq!(because(&ENTRY, &lanes("n1: !a a #\nn2:\nn3:")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a #\nn2:   a\nn3:   a")), Ruling::Held);
    }

    #[test]
    fn half_of_the_group_is_no_majority() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a a #\nn2:")), OUTSIDE);
        let idle = undecided(&ENTRY, &lanes("n1: !a\nn2:"));
        assert!(idle.starts_with("nobody delivered"), "{idle}");
    }
}
