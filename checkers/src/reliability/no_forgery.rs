//! No forgery: what is delivered, somebody broadcast.
//!
//! # Definition
//! If a correct `q` delivers `m`, then there is a broadcast of `m`: the first part of no-creation
//! by itself. Whether it came before, said the same, and was for `q` are the other parts. Messages
//! of Byzantine senders are not judged.
//! # Cost
//! O(events).
//! # Witness
//! The delivery.

use crate::reliability::creation::{self, Clause, Reading, Senders};
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-forgery",
    number: "RB1a",
    statement: "what a correct node delivers, somebody broadcast",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

const READING: Reading = Reading {
    receivers: Bound::Correct,
    senders: Senders::Honest,
    clauses: &[Clause::Broadcast],
    nothing: "no correct node delivered a message of a sender that does not lie",
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
    fn a_broadcast_must_exist_and_no_more() {
        let told = "n2 delivered n1:0:2, which nobody broadcast";
        assert_eq!(because(&ENTRY, &lanes("n1: !a\nn2:   z")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1:    !a\nn2: a")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a\nn2:   a #")), READING.nothing);
    }
}
