//! Total order: correct nodes deliver the messages they share in one order.
//!
//! # Definition
//! If correct `p` and `q` both deliver `m` and `m'`, then `p` delivers `m` before `m'` if and only
//! if `q` does (Hadzilacos & Toueg: *Total Order*). This is the pairwise form, over all messages
//! whatever their group: it allows the cycle a < b < c < a where no two nodes share two of them.
//! Where a restart forgets, it binds the last life of a correct node: an incarnation that crashed
//! is as free as any faulty node.
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
    property: "total-order",
    number: "OR4",
    statement: "if correct p and q both deliver m and m', they deliver them in the same order",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events), or O(events + nodes² · messages behind a cycle)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    pairwise::judge(case, Bound::Surviving)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::EventId;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_disagreement_is_told() {
        let history = lanes("n1: !a    a b\nn2:    !b    b a");
        assert_eq!(
            because(&ENTRY, &history),
            "n1 delivered n1:0:1 before n2:0:1; n2 delivered them the other way round"
        );
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [2, 3, 4, 5].map(EventId));
    }

    #[test]
    fn holes_are_allowed_and_so_is_a_cycle_of_three() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b !c a b c\nn2: b c a")), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b !c a b c\nn2: a c")), Ruling::Held);
        let cycle = lanes("n1: !a !b !c a b\nn2: b c\nn3: c a");
        assert!(undecided(&ENTRY, &cycle).starts_with("no two nodes"));
        let with_a_pair = lanes("n1: !a !b !c a b\nn2: b c\nn3: c a\nn4: c a");
        assert_eq!(ruling(&ENTRY, &with_a_pair), Ruling::Held);
    }

    #[test]
    fn a_crashed_node_is_free() {
        let history = lanes("n1: !a !b a b #\nn2:       b a");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Undecided);
    }
}
