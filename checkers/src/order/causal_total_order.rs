//! Causal total order: one order for all, in which no message precedes its causes.
//!
//! # Definition
//! causal and total-order together (Hadzilacos & Toueg: *Causal Atomic Broadcast*, its safety).
//! Neither implies the other. What each says, and of whom, is written there; it holds only if both
//! do.
//! # Cost
//! That of both.
//! # Witness
//! That of the half that is broken.

use crate::order::{causal, total_order};
use crate::together;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "causal-total-order",
    number: "OR12",
    statement: "nodes deliver in one order, and no message before one on which it depends",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "that of causal and of total-order",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    together::judge(case, [&causal::ENTRY, &total_order::ENTRY])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn total_order_does_not_imply_causes() {
        let history = lanes("n1: !a a    b\nn2:      a !b\nn3: b a");
        let told = "n3 delivered n2:0:1 before n1:0:1, on which it depends";
        assert_eq!(because(&ENTRY, &history), told);
        let history = lanes("n1: !a       b a\nn2:    a !b\nn3:          b a");
        assert_eq!(ruling(crate::find("total-order").unwrap(), &history), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &history), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a    b\nn2:      a !b b")), Ruling::Held);
    }

    #[test]
    fn both_halves_must_say_something() {
        let told = undecided(&ENTRY, &lanes("n1: !a a b\nn2: !b a b"));
        assert!(told.starts_with("causal: "), "{told}");
    }
}
