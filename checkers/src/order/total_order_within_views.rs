//! Total order within views: nodes that move on together order what they deliver before.
//!
//! # Definition
//! If `p` and `q` both install view `V` and right after it `V'`, and in `V` both deliver `m` and
//! `m'`, they deliver them in the same order (Chockler, Keidar & Vitenberg: *Weak Total Order*).
//! Nodes that a partition separates, which move to different views, may differ, and of a view from
//! which nobody moved on nothing is said. It binds every node that is not Byzantine, up to its
//! crash; a restart breaks the move off. Views are per group; a delivery is in the view that it
//! states, else in the last one installed. We take the pairwise form, the weakest that the words
//! allow.
//! # Cost
//! O(events) if in each move one order fits all; else O(nodes² · deliveries of the move).
//! # Witness
//! Four deliveries: two nodes, two messages.

use crate::order::within_views::{Moves, witness};
use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{Kind, NONE};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "total-order-within-views",
    number: "OR17, weak",
    statement: "nodes that move from one view to the next together deliver in the same order \
                what both deliver in the first",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: EVERY_MODEL,
    cost: "O(events), or O(events + nodes² · deliveries of a move)",
    needs: &[Kind::Deliver, Kind::View],
    given: &[Given::ViewChanges],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let moves = Moves::of(&scene);
    let mut place = vec![NONE; scene.table.len()];
    let (mut tally, mut decides, mut broken) = (Tally::of(&scene), false, None);
    for here in &moves.of {
        decides |= here.count(&scene, &mut tally);
        let found = || here.inversion(&mut place).map(|found| witness(&scene, here, found));
        broken = broken.or_else(found);
    }
    match broken {
        Some(witness) => tally.violated(witness),
        None if decides => tally.held(""),
        None => Verdict::undecided("no two nodes moved on together and shared two messages"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn those_who_move_on_together_agree() {
        let history = lanes(
            "n1: {1,2,3} !a !b a b {1,2}
             n2: {1,2,3}       b a {1,2}
             n3: {1,2,3}       a b",
        );
        let told = "from view 1 to 2, n1 delivered n1:0:1 before n1:0:2; \
                    n2 delivered them the other way round";
        assert_eq!(because(&ENTRY, &history), told);
        let agreed = lanes("n1: {1,2} !a !b a b {1}\nn2: {1,2}       a b {1}");
        assert_eq!(ruling(&ENTRY, &agreed), Ruling::Held);
    }

    #[test]
    fn those_who_part_may_differ() {
        let history = lanes(
            "n1: {1,2} !a !b a b {1}
             n2: {1,2}       b a {2}",
        );
        undecided(&ENTRY, &history);
        assert_eq!(ruling(crate::find("total-order").unwrap(), &history), Ruling::Violated);
    }
}
