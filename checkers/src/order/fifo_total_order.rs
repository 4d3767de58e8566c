//! FIFO total order: one order for all, in which each sender's messages are in its own.
//!
//! # Definition
//! fifo and total-order together (Hadzilacos & Toueg: *FIFO Atomic Broadcast*, its safety). Neither
//! implies the other. What each says, and of whom, is written there; it holds only if both do.
//! # Cost
//! That of both.
//! # Witness
//! That of the half that is broken.

use crate::order::{fifo, total_order};
use crate::together;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fifo-total-order",
    number: "OR11",
    statement: "nodes deliver in one order, and each sender's messages in the sender's own",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "that of fifo and of total-order",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    together::judge(case, [&fifo::ENTRY, &total_order::ENTRY])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn the_half_that_broke_is_told() {
        let told = "n1 delivered n1:0:2 before n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &lanes("n1: !a !b b a\nn2:       b a")), told);
        let told = "n1 delivered n1:0:1 before n2:0:1; n2 delivered them the other way round";
        assert_eq!(because(&ENTRY, &lanes("n1: !a    a b\nn2:    !b    b a")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b a b\nn2:       a b")), Ruling::Held);
    }

    #[test]
    fn both_halves_must_say_something() {
        let told = undecided(&ENTRY, &lanes("n1: !a a b\nn2: !b a b"));
        assert!(told.starts_with("fifo: "), "{told}");
    }
}
