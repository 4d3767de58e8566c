//! Local total order: correct members of one group deliver the messages to that group in one order.
//!
//! # Definition
//! If correct `p` and `q` both deliver `m` and `m'`, which were multicast to the same group, then
//! `p` delivers `m` before `m'` if and only if `q` does (Hadzilacos & Toueg: *Local Total Order*).
//! Messages to different groups are not compared, nor those whose group is not known: nobody
//! broadcast them, or a node that may lie did. As in total-order, holes are allowed, and where a
//! restart forgets, the last life of a correct node is bound.
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
    property: "local-total-order",
    number: "MG2",
    statement: "correct p and q deliver what both deliver of one group's messages in one order",
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
    pairwise::judge_within_groups(case, Bound::Surviving)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::groups::small::in_groups;
    use pepperland_core::verdict::Ruling;

    const ONE_GROUP: &str = "n1: !a/g    a b\nn2:      !b/g b a";

    #[test]
    fn a_disagreement_within_a_group_is_told() {
        let told = "n1 delivered n1:0:1 before n2:0:1; n2 delivered them the other way round";
        assert_eq!(because(&ENTRY, &in_groups(&["g:1,2", "h:1,2"], ONE_GROUP)), told);
    }

    #[test]
    fn across_groups_there_is_no_order() {
        let across = "n1: !a/g !c/g a b c\nn2:      !b/h b a c";
        assert_eq!(ruling(&ENTRY, &in_groups(&["g:1,2", "h:1,2"], across)), Ruling::Held);
        let one_each = "n1: !a/g    a b\nn2:      !b/h b a";
        let told = undecided(&ENTRY, &in_groups(&["g:1,2", "h:1,2"], one_each));
        assert!(told.starts_with("no two nodes"));
    }

    #[test]
    fn a_node_that_crashed_is_free_and_so_is_what_is_no_member() {
        let crashed = format!("{ONE_GROUP} #");
        assert_eq!(ruling(&ENTRY, &in_groups(&["g:1,2", "h:1"], &crashed)), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &in_groups(&["g:1", "h:1,2"], ONE_GROUP)), Ruling::Undecided);
    }
}
