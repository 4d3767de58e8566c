//! Uniform causal order: causal order that binds every receiver, those that crash later included.
//!
//! # Definition
//! If the broadcast of `m` happened before the broadcast of `m'`, no node that is not Byzantine and
//! that both are for delivers `m'` unless it delivered `m` before (Hadzilacos & Toueg: *Uniform
//! Causal Order*). It binds every incarnation of every receiver; in all else it is as causal.
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
    property: "uniform-causal",
    number: "OR3-gap, uniform",
    statement: "if m was broadcast before m', no node delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
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
    form: Form::NoGap,
    scope: Scope::InGroup,
    nothing: "no node delivered a message that depends on another",
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
    fn a_crashed_receiver_is_bound() {
        let history = lanes("n1: !a\nn2:    a !b\nn3:         b #");
        let told = "n3 delivered n2:0:1 without n1:0:1, on which it depends";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("causal").unwrap(), &history), Ruling::Undecided);
        undecided(&ENTRY, &lanes("n1: !a a\nn2: !b a b"));
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:    a !b\nn3:      a  b #")), Ruling::Held);
    }
}
