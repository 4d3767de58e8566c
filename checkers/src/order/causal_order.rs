//! Causal order among what is delivered: no message comes before one that it may depend on.
//!
//! # Definition
//! If the broadcast of `m` happened before the broadcast of `m'`, no correct node delivers `m'`
//! before it delivers `m` (Chockler, Keidar & Vitenberg: *Causal Delivery*). Unlike causal this is
//! said only of a node that delivers both: `m` may be missing for good. What *happened before* is,
//! and whom it binds, is as in causal: it leads through messages that the receiver never delivers
//! too.
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
    property: "causal-order",
    number: "OR3-ord",
    statement: "if m was broadcast before m', no correct node delivers m' before m",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events), or O(events · senders)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const RULE: Rule = Rule {
    bound: Bound::Correct,
    form: Form::Order,
    scope: Scope::InGroup,
    nothing: "no correct node delivered two messages of which one depends on the other",
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
    fn an_inversion_is_told_and_a_gap_is_allowed() {
        let history = lanes("n1: !a\nn2:    a !b\nn3:         b a");
        let told = "n3 delivered n2:0:1 before n1:0:1, on which it depends";
        assert_eq!(because(&ENTRY, &history), told);
        let gap = lanes("n1: !a\nn2:    a !b\nn3:         b");
        undecided(&ENTRY, &gap);
        assert_eq!(ruling(crate::find("causal").unwrap(), &gap), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:    a !b b")), Ruling::Held);
    }

    #[test]
    fn causes_lead_through_what_the_receiver_lacks() {
        let history = lanes("n1: !a\nn2:    a !b\nn3:         b !c\nn4:              c a");
        let told = "n4 delivered n3:0:1 before n1:0:1, on which it depends";
        assert_eq!(because(&ENTRY, &history), told);
    }
}
