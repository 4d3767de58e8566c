//! Local order: what a node delivered before it broadcasts, others deliver before its message.
//!
//! # Definition
//! If a node has delivered `m` when it broadcasts `m'`, then no correct node delivers `m'` unless
//! it delivered `m` before (Hadzilacos & Toueg: *Local Order*). It is what causal order adds to
//! FIFO order: causal is fifo and local-order together, and these two say which half broke. Inside
//! one group; what a node delivered before a restart that forgot, or before the message was
//! broadcast at all, counts for nothing. A receiver that starts late may do without what was
//! broadcast before, but what it delivers of it comes in order too. Correct receivers are bound,
//! whatever becomes of the sender.
//! # Cost
//! O(events) if all deliveries follow one sequence; else O(events · nodes) at most, for each node
//! follows what each sender delivered.
//! # Witness
//! The sender's delivery and its later broadcast, both broadcasts, the delivery of the second
//! message; and the late delivery of the first, if any.

use crate::order::locally;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "local-order",
    number: "OR2",
    statement: "if a node delivers m before it broadcasts m', no correct node delivers m' \
                without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events), or O(events · nodes)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    locally::judge(
        case,
        Bound::Correct,
        "no correct node delivered a message whose sender had delivered one before",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn it_is_what_causal_order_adds_to_fifo() {
        let history = lanes("n1: !a\nn2:    a !b\nn3:         b a");
        let told =
            "n3 delivered n2:0:1 before n1:0:1, which n2 had delivered when it broadcast n2:0:1";
        assert_eq!(because(&ENTRY, &history), told);
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events.len(), 5);
        assert_eq!(ruling(crate::find("fifo").unwrap(), &history), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:    a !b\nn3:         a b")), Ruling::Held);
    }

    #[test]
    fn own_broadcasts_are_not_local_and_a_far_cause_breaks_on_the_way() {
        undecided(&ENTRY, &lanes("n1: !a !b\nn2:       b"));
        let far = lanes("n1: !a\nn2:    a !b\nn3:         b !c\nn4:              b c");
        assert_eq!(ruling(crate::find("causal").unwrap(), &far), Ruling::Violated);
        let told = "n3 delivered n2:0:1 without n1:0:1, which n2 had delivered when it broadcast \
                    n2:0:1";
        assert_eq!(because(&ENTRY, &far), told);
    }
}
