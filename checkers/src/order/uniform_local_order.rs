//! Uniform local order: local order that binds every receiver, those that crash later included.
//!
//! # Definition
//! If a node has delivered `m` when it broadcasts `m'`, then no node that is not Byzantine delivers
//! `m'` unless it delivered `m` before (Hadzilacos & Toueg: *Uniform Local Order*). It is what
//! causal order adds to FIFO order: causal is fifo and local-order together, and these two say
//! which half broke. Inside one group; what a node delivered before a restart that forgot, or
//! before the message was broadcast at all, counts for nothing. A receiver that starts late may do
//! without what was broadcast before, but what it delivers of it comes in order too. Every
//! incarnation of every receiver is bound.
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
    property: "uniform-local-order",
    number: "OR2, uniform",
    statement: "if a node delivers m before it broadcasts m', no node delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events), or O(events · nodes)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    locally::judge(
        case,
        Bound::Honest,
        "no node delivered a message whose sender had delivered one before",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_receiver_is_bound() {
        let history = lanes("n1: !a\nn2:    a !b\nn3:         b #");
        let told =
            "n3 delivered n2:0:1 without n1:0:1, which n2 had delivered when it broadcast n2:0:1";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("local-order").unwrap(), &history), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:    a !b\nn3:      a  b #")), Ruling::Held);
        undecided(&ENTRY, &lanes("n1: !a !b\nn2:       b #"));
    }
}
