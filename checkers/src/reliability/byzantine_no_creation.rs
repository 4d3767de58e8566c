//! Byzantine no creation: nobody can put words into the mouth of a correct node.
//!
//! # Definition
//! If a correct `q` delivers `m` and `sender(m)` is correct, then `sender(m)` broadcast `m` before,
//! with the same payload, to a group that `q` is in (the *Integrity* of Hadzilacos & Toueg 1994
//! under arbitrary failures, and of the Byzantine broadcasts of Cachin, Guerraoui & Rodrigues
//! 2011). A sender that crashed for good is faulty, and nothing is asked of its messages; nor of
//! messages of which it is not known who sent them.
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
    property: "byzantine-no-creation",
    number: "RB1-byz",
    statement: "what a correct node delivers of a correct one, that one broadcast, unchanged",
    source: "Hadzilacos & Toueg 1994",
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
    senders: Senders::Correct,
    clauses: EVERY_CLAUSE,
    nothing: "no correct node delivered a message of a correct sender",
};

fn check(case: &Case<'_>) -> Verdict {
    creation::judge(case, &READING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::Header;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn only_the_words_of_correct_senders_are_protected() {
        let told = "n2 delivered n1:0:1, which nobody broadcast";
        assert_eq!(because(&ENTRY, &lanes("n1:\nn2: z")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:   a")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lanes("n1: #\nn2:   z")), READING.nothing);
    }

    #[test]
    fn a_liar_protects_nothing() {
        let mut header = Header::new(Vec::new());
        header.byzantine = vec!["n1".into()];
        assert_eq!(undecided(&ENTRY, &parse("n1:\nn2: z", header).unwrap()), READING.nothing);
    }
}
