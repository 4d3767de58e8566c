//! No precognition: what is delivered was broadcast before.
//!
//! # Definition
//! If a correct `q` delivers `m`, the broadcast of `m` comes before: a part of no-creation by
//! itself. It can be judged only where the lines of the history are one true order; there, a breach
//! points at a clock or at the recorder as much as at the implementation. Messages that nobody
//! broadcast, or that a Byzantine node sent, are not judged.
//! # Cost
//! O(events).
//! # Witness
//! The delivery and the later broadcast.

use crate::reliability::creation::{self, Clause, Reading, Senders};
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-precognition",
    number: "RB1c",
    statement: "a correct node delivers a message only after it was broadcast",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::OneOrder],
    check,
};

const READING: Reading = Reading {
    receivers: Bound::Correct,
    senders: Senders::Honest,
    clauses: &[Clause::Before],
    nothing: "no correct node delivered a broadcast message in a history whose lines are one order",
};

fn check(case: &Case<'_>) -> Verdict {
    creation::judge(case, &READING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{Clock, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn nobody_sees_the_future_on_a_true_clock() {
        let early = "n1:    !a\nn2: a";
        assert_eq!(because(&ENTRY, &lanes(early)), "n2 delivered n1:0:1 before it was broadcast");
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:    a")), Ruling::Held);
        let mut header = Header::new(Vec::new());
        header.clock = Clock::Real;
        assert_eq!(undecided(&ENTRY, &parse(early, header).unwrap()), READING.nothing);
    }
}
