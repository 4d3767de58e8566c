//! Uniform no creation: what any node delivers, even one that then crashes, was broadcast, by its
//! sender, to the group of the receiver, and says what it said then.
//!
//! # Definition
//! As no-creation, for every receiver that does not lie: a node that will crash may not invent a
//! message either (Cachin, Guerraoui & Rodrigues state *No creation* of every process). Messages of
//! Byzantine senders are not judged.
//! # Cost
//! O(events).
//! # Witness
//! The delivery; and the broadcast, if there is one.

use crate::reliability::creation::{self, EVERY_CLAUSE, Reading, Senders};
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "uniform-no-creation",
    number: "RB1-uniform",
    statement: "what any node delivers was broadcast before, unchanged, to a group it is in",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

const READING: Reading = Reading {
    receivers: Bound::Honest,
    senders: Senders::Honest,
    clauses: EVERY_CLAUSE,
    nothing: "no node delivered a message of a sender that does not lie",
};

fn check(case: &Case<'_>) -> Verdict {
    creation::judge(case, &READING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_node_that_crashes_is_bound() {
        let told = "n2 delivered n1:0:2, which nobody broadcast";
        assert_eq!(because(&ENTRY, &lanes("n1: !a a\nn2:      z #")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a\nn2:      a #")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a")), READING.nothing);
    }
}
