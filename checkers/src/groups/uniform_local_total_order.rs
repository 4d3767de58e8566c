//! Uniform local total order: all members of one group, faulty ones too, deliver the messages to
//! that group in one order.
//!
//! # Definition
//! If `p` and `q` both deliver `m` and `m'`, which were multicast to the same group, then `p`
//! delivers `m` before `m'` if and only if `q` does (Hadzilacos & Toueg: *Uniform Local Total
//! Order*). It binds every incarnation of every node that is not Byzantine, and is
//! local-total-order in all else.
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
    property: "uniform-local-total-order",
    number: "MG2-uniform",
    statement: "any p and q deliver what both deliver of one group's messages in one order",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events), or O(events + nodes² · messages behind a cycle)",
    needs: &[Kind::Deliver],
    given: &[Given::Groups],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    pairwise::judge_within_groups(case, Bound::Honest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::groups::small::in_groups;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_node_that_crashed_is_bound() {
        let history = in_groups(&["g:1,2", "h:1"], "n1: !a/g    a b\nn2:      !b/g b a #");
        let told = "n1 delivered n1:0:1 before n2:0:1; n2 delivered them the other way round";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn across_groups_there_is_no_order() {
        let groups = ["g:1,2", "h:1,2"];
        let across = in_groups(&groups, "n1: !a/g !c/g a b c #\nn2:      !b/h b a c");
        assert_eq!(ruling(&ENTRY, &across), Ruling::Held);
        let one = in_groups(&groups, "n1: !a/g a\nn2:      a");
        assert!(undecided(&ENTRY, &one).starts_with("no two nodes"));
    }
}
