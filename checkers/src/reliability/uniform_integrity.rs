//! Uniform integrity: a message is delivered at most once, and only if it was broadcast, even at
//! nodes that crash.
//!
//! # Definition
//! Every process delivers `m` at most once, and only if `sender(m)` broadcast `m` before
//! (Hadzilacos & Toueg 1994: *Uniform Integrity*): uniform-no-creation and uniform-no-duplication.
//! Held if both are.
//! # Cost
//! O(events).
//! # Witness
//! That of the half that broke; of uniform-no-creation if both did.

use crate::reliability::{uniform_no_creation, uniform_no_duplication};
use crate::together;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "uniform-integrity",
    number: "RB6-uniform",
    statement: "any node delivers a message at most once, and only if it was broadcast",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    together::judge(case, [&uniform_no_creation::ENTRY, &uniform_no_duplication::ENTRY])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn the_half_that_broke_is_told() {
        let told = |picture| because(&ENTRY, &lanes(picture));
        assert_eq!(told("n1: !a\nn2:   z #"), "n2 delivered n1:0:2, which nobody broadcast");
        assert_eq!(told("n1: !a\nn2:   a a #"), "n2 delivered n1:0:1 twice");
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:   a #")), Ruling::Held);
        assert!(undecided(&ENTRY, &lanes("n1: !a")).starts_with("uniform-no-creation: no node"));
    }
}
