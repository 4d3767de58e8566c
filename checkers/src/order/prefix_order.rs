//! Prefix order: every node's deliveries are a prefix of one sequence.
//!
//! # Definition
//! For any `p` and `q` that are not Byzantine, what one has delivered is a prefix of what the other
//! has (log agreement; *uniform prefix order* inside one group). It is judged group by group.
//! A life that starts late (a restart that forgot, a joiner, a snapshot) delivers a *piece* of the
//! sequence without holes, wherever it begins. Hence the form that we check: there is a sequence
//! without repetition of which first lives deliver prefixes and later ones pieces; what a life
//! delivered before a snapshot and after are two pieces, and their order is not compared. Where
//! deliveries state their slot, one slot holds one message and one message stands in one slot.
//! # Cost
//! O(events).
//! # Witness
//! The deliveries of two pairs of neighbours that do not fit, or two deliveries with their slots.

use crate::order::course::Course;
use crate::order::sequence::{Met, Sequence, Shape};
use crate::order::slots::Slots;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "prefix-order",
    number: "OR8",
    statement: "of what any two nodes have delivered to one group, one is a prefix of the other",
    source: "Schneider 1990: replicas process the same requests in the same order",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "no message was delivered by two nodes";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let bound = scene.bound(Bound::Honest);
    if let Some(course) = Course::of(&scene).filter(|_| !case.history.has_slots()) {
        return course.shared(&scene, &bound).held(NOTHING);
    }
    let mut tally = Tally::of(&scene);
    let mut sequence = Sequence::of(&scene, Shape::Line);
    let (mut slots, mut witness) = (Slots::default(), None);
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let Some(group) = scene.group(delivery.row) else { continue };
        match sequence.meet(&delivery) {
            Met::Here => continue,
            Met::Elsewhere => tally.count_delivery(&scene, &delivery),
            Met::Nowhere => {}
        }
        if witness.is_none() {
            let misplaced = sequence.take(&delivery, group);
            witness = misplaced.or_else(|| slots.take(&scene, &delivery, group));
        }
    }
    let witness = witness.or_else(|| sequence.circle());
    tally.verdict(witness, NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_hole_and_a_fork_are_told() {
        let told = "n1 delivered n1:0:2 right after n1:0:1; n2 delivered n1:0:3 right after n1:0:1";
        assert_eq!(because(&ENTRY, &lanes("n1: !a !b !c a b c\nn2:          a c")), told);
        assert_eq!(because(&ENTRY, &lanes("n1: !a !b !c a b\nn2:          a   c")), told);
        let told = "n2 delivered n1:0:2 first; n1 delivered n1:0:1 first";
        assert_eq!(because(&ENTRY, &lanes("n1: !a !b    a b\nn2:       b")), told);
    }

    #[test]
    fn a_laggard_and_a_crashed_node_have_prefixes() {
        let history = lanes("n1: !a !b a b\nn2:       a\nn3:     a b #");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }

    #[test]
    fn a_restart_that_forgot_delivers_a_piece() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let judge = |picture| ruling(&ENTRY, &parse(picture, header.clone()).unwrap());
        assert_eq!(judge("n1: !a !b !c a b c\nn2: # ^    b c"), Ruling::Held);
        assert_eq!(judge("n1: !a !b !c a b c\nn2: # ^    a c"), Ruling::Violated);
        assert_eq!(judge("n1: !a !b # ^ a b\nn2:     # ^ b a"), Ruling::Violated);
    }

    #[test]
    fn one_slot_holds_one_message() {
        let told = "n1 delivered n1:0:1 at slot 4; n2 delivered n1:0:1 at slot 5";
        assert_eq!(because(&ENTRY, &lanes("n1: !a a@4\nn2:      a@5")), told);
    }

    #[test]
    fn a_node_alone_decides_nothing() {
        let told = undecided(&ENTRY, &lanes("n1: !a !b a b\nn2:"));
        assert_eq!(told, "no message was delivered by two nodes");
    }
}
