//! Uniform no duplication: no message is delivered twice even at a node that then crashes.
//!
//! # Definition
//! As no-duplication, for every node that does not lie (Cachin, Guerraoui & Rodrigues state *No
//! duplication* of every process). What a restart means is the history's contract.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! Two deliveries.

use crate::reliability::duplicates::{self, Span};
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "uniform-no-duplication",
    number: "RB2-uniform",
    statement: "no node delivers a message twice",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    duplicates::judge(case, Bound::Honest, Span::Contract)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::reliability::duplicates::NOTHING;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_node_that_crashes_is_bound() {
        let told = "n2 delivered n1:0:1 twice";
        assert_eq!(because(&ENTRY, &lanes("n1: !a\nn2:    a a #")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:    a #")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a")), NOTHING);
    }
}
