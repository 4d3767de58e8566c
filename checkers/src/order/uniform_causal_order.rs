//! Uniform causal order among what is delivered, by receivers that crash later too.
//!
//! # Definition
//! If the broadcast of `m` happened before the broadcast of `m'`, no node that is not Byzantine
//! delivers `m'` before it delivers `m` (Chockler, Keidar & Vitenberg: *Causal Delivery*, which is
//! stated for every process). It binds every incarnation of every receiver; in all else it is as
//! causal-order.
//! # Cost
//! O(events) if all deliveries follow one sequence; else O(events · senders), with a vector of
//! senders for each message.
//! # Witness
//! Both broadcasts, the shortest chain of deliveries and broadcasts between them, the delivery of
//! the second message; and the late delivery of the first, if any.

use crate::order::causality::{self, Rule};
use crate::order::sender_order::Form;
use crate::order::steps::Scope;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "uniform-causal-order",
    number: "OR3-ord, uniform",
    statement: "if m was broadcast before m', no node delivers m' before m",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events), or O(events · senders)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const RULE: Rule = Rule {
    bound: Bound::Honest,
    form: Form::Order,
    scope: Scope::InGroup,
    nothing: "no node delivered two messages of which one depends on the other",
};

fn check(case: &Case<'_>) -> Verdict {
    causality::judge(case, &RULE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_receiver_is_bound_by_order_only() {
        let history = lanes("n1: !a\nn2:    a !b\nn3:         b a #");
        let told = "n3 delivered n2:0:1 before n1:0:1, on which it depends";
        assert_eq!(because(&ENTRY, &history), told);
        undecided(&ENTRY, &lanes("n1: !a\nn2:    a !b\nn3:         b #"));
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:    a !b\nn3:      a  b #")), Ruling::Held);
    }
}
