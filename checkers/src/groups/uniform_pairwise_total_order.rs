//! Uniform pairwise total order: any two nodes, faulty ones too, deliver what both deliver in one
//! order, whatever the groups.
//!
//! # Definition
//! If `p` and `q` both deliver `m` and `m'`, then `p` delivers `m` before `m'` if and only if `q`
//! does, to whatever groups `m` and `m'` were multicast (Hadzilacos & Toueg: *Uniform Pairwise
//! Total Order*). It binds every incarnation of every node that is not Byzantine.
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
    property: "uniform-pairwise-total-order",
    number: "MG3-uniform",
    statement: "any two nodes deliver what both deliver, of all groups, in one order",
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
    pairwise::judge(case, Bound::Honest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::groups::small::in_groups;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_node_that_crashed_is_bound() {
        let across = "n1: !a/g    a b #\nn2:      !b/h b a";
        let told = "n1 delivered n1:0:1 before n2:0:1; n2 delivered them the other way round";
        assert_eq!(because(&ENTRY, &in_groups(&["g:1,2", "h:1,2"], across)), told);
    }

    #[test]
    fn with_two_shared_messages_it_holds_and_with_one_nothing_is_said() {
        let groups = ["g:1,2", "h:1,2"];
        let agreed = in_groups(&groups, "n1: !a/g !b/h a b #\nn2:           a b");
        assert_eq!(ruling(&ENTRY, &agreed), Ruling::Held);
        let one = in_groups(&groups, "n1: !a/g !b/h a b #\nn2:           a");
        assert!(undecided(&ENTRY, &one).starts_with("no two nodes"));
    }
}
