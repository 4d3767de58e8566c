//! Pairwise total order: any two correct nodes deliver what both deliver in one order, whatever the
//! groups.
//!
//! # Definition
//! If correct `p` and `q` both deliver `m` and `m'`, then `p` delivers `m` before `m'` if and only
//! if `q` does, to whatever groups `m` and `m'` were multicast (Hadzilacos & Toueg: *Pairwise Total
//! Order*). It is total-order by its name for several groups. It allows the cycle a < b < c < a
//! where no two nodes share two of the three: that is acyclic-order.
//! # Cost
//! O(events) if one order fits all; else O(events + nodes² · messages on or behind a cycle).
//! # Witness
//! Four deliveries: two nodes, two messages.

use crate::order::pairwise;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "pairwise-total-order",
    number: "MG3",
    statement: "any two correct nodes deliver what both deliver, of all groups, in one order",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events), or O(events + nodes² · messages behind a cycle)",
    needs: &[Kind::Deliver],
    given: &[Given::Groups],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    pairwise::judge(case, Bound::Surviving)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::groups::small::in_groups;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_disagreement_across_groups_is_told() {
        let across = "n1: !a/g    a b\nn2:      !b/h b a";
        let told = "n1 delivered n1:0:1 before n2:0:1; n2 delivered them the other way round";
        assert_eq!(because(&ENTRY, &in_groups(&["g:1,2", "h:1,2"], across)), told);
    }

    #[test]
    fn a_cycle_that_no_two_nodes_close_is_allowed() {
        let groups = ["f:1,2", "g:2,3", "h:1,3", "i:1,2,3"];
        let cycle = "n1: !a/f !d/i a b d\nn2: !c/g    c a d\nn3: !b/h    b c d";
        assert_eq!(ruling(&ENTRY, &in_groups(&groups, cycle)), Ruling::Held);
        let bare = in_groups(&groups[..3], "n1: !a/f a b\nn2: !c/g c a\nn3: !b/h b c");
        assert!(undecided(&ENTRY, &bare).starts_with("no two nodes"));
    }
}
