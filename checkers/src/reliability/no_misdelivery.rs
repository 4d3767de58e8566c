//! No misdelivery: a message is delivered only in the group it was broadcast to.
//!
//! # Definition
//! If a correct `q` delivers `m`, then `q` is in the group that `m` was broadcast to: a part of
//! no-creation by itself. A group that holds every node cannot be missed, so that only messages to
//! groups that leave somebody out are judged; and not those of Byzantine senders, whose word on the
//! group is void.
//! # Cost
//! O(events + groups · nodes).
//! # Witness
//! The broadcast and the delivery.

use crate::reliability::creation::{self, Clause, Reading, Senders};
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-misdelivery",
    number: "RB1d",
    statement: "a correct node delivers only what was broadcast to a group it is in",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::Outsiders],
    check,
};

const READING: Reading = Reading {
    receivers: Bound::Correct,
    senders: Senders::Honest,
    clauses: &[Clause::Addressed],
    nothing: "no correct node delivered a message to a group that leaves somebody out",
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
    fn outsiders_hear_nothing() {
        let mut header = Header::new(vec!["n1".into(), "n2".into()]);
        header.groups.insert("g".into(), vec!["n1".into()]);
        let judged = |picture| parse(picture, header.clone()).unwrap();
        let told = "n2 delivered n1:0:1, which was broadcast to g; n2 is not in g";
        assert_eq!(because(&ENTRY, &judged("n1: !a\nn2:   a")), told);
        assert_eq!(ruling(&ENTRY, &judged("n1: !a a\nn2:")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a\nn2:   a")), READING.nothing);
    }
}
