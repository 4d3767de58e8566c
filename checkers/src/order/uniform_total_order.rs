//! Uniform total order: all nodes, faulty ones too, deliver the messages they share in one order.
//!
//! # Definition
//! If `p` and `q` both deliver `m` and `m'`, then `p` delivers `m` before `m'` if and only if `q`
//! does (Défago, Schiper & Urbán: *Uniform Total Order*). It binds every incarnation of every node
//! that is not Byzantine. Like total-order it is the pairwise form, over all messages whatever
//! their group, and allows holes.
//! # Cost
//! O(events) if one order fits all; else O(events + nodes² · messages on or behind a cycle).
//! # Witness
//! Four deliveries: two nodes, two messages.

use crate::order::pairwise;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "uniform-total-order",
    number: "OR5",
    statement: "if any p and q both deliver m and m', they deliver them in the same order",
    source: "Défago, Schiper & Urbán 2004",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events), or O(events + nodes² · messages behind a cycle)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    pairwise::judge(case, Bound::Honest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_node_is_bound() {
        let history = lanes("n1: !a !b a b #\nn2:       b a");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Violated);
    }

    #[test]
    fn an_earlier_incarnation_is_bound() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let history = parse("n1: !a !b a b # ^ b a", header).unwrap();
        let told = "n1 delivered n1:0:1 before n1:0:2; \
                    n1 (incarnation 1) delivered them the other way round";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn one_order_that_all_follow_holds_and_one_shared_message_is_no_order() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b a b #\nn2:       a b")), Ruling::Held);
        let one = lanes("n1: !a !b a b\nn2:       b");
        assert!(undecided(&ENTRY, &one).starts_with("no two nodes that are bound"));
    }
}
