//! Gap-free total order: a correct node delivers a message only after all that go before it.
//!
//! # Definition
//! If some correct node delivers `m` before `m'`, then a correct node delivers `m'` only after it
//! has delivered `m` (Baldoni, Cimmino & Marchetti: *strong non-uniform total order*). Where a
//! restart forgets, it binds the last life of a correct node, as total-order does. This is so if
//! and only if what any two have delivered when they deliver one message is the same: there is a
//! tree of messages through which every life goes down from the root, though perhaps not along the
//! same branch. Unlike total-order it forbids holes: whoever skipped `m` cannot act on `m'`. Unlike
//! prefix-order it lets two nodes deliver different messages after the same ones, as long as they
//! never meet again. It is judged group by group. A life that starts late (a restart that forgot, a
//! joiner, a snapshot) goes down a piece of the tree, wherever it begins; what it delivered before
//! a snapshot and after are two pieces, and their order is not compared.
//! # Cost
//! O(events).
//! # Witness
//! The deliveries of two pairs of neighbours that do not fit.

use crate::order::gap_free;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "gap-free-total-order",
    number: "OR6",
    statement: "if a correct node delivers m before m' in one group, correct nodes deliver m' only \
                after m",
    source: "Baldoni, Cimmino & Marchetti 2006",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    gap_free::judge(case, Bound::Surviving, "no message was delivered by two correct nodes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_hole_is_told_where_pairs_agree() {
        let history = lanes("n1: !a !b !c a b c\nn2:          a   c");
        let told = "n1 delivered n1:0:3 right after n1:0:2; n2 delivered n1:0:3 right after n1:0:1";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("total-order").unwrap(), &history), Ruling::Held);
        let late = lanes("n1: !a !b     a b\nn2:       b");
        assert_eq!(
            because(&ENTRY, &late),
            "n2 delivered n1:0:2 first; n1 delivered n1:0:2 right after n1:0:1"
        );
    }

    #[test]
    fn a_fork_is_allowed_where_one_log_is_not() {
        let fork = lanes("n1: !a !b !c a b\nn2:          a c");
        assert_eq!(ruling(&ENTRY, &fork), Ruling::Held);
        assert_eq!(ruling(crate::find("prefix-order").unwrap(), &fork), Ruling::Violated);
        let rejoined = lanes("n1: !a !b !c !d a b d\nn2:             a c   d");
        assert_eq!(ruling(&ENTRY, &rejoined), Ruling::Violated);
    }

    #[test]
    fn nothing_in_common_says_nothing() {
        undecided(&ENTRY, &lanes("n1: !a !b a\nn2:       b"));
        let crashed = lanes("n1: !a !b a b\nn2:       b #");
        undecided(&ENTRY, &crashed);
    }
}
