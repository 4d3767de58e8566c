//! Payload integrity: what is delivered says what it said when it was broadcast.
//!
//! # Definition
//! If a correct `q` delivers `m`, its payload is that of the broadcast of `m`: a part of
//! no-creation by itself. A message is known by its name, and payloads are compared where both
//! sides state a digest. Messages of Byzantine senders are not judged: they may say one thing to
//! one and another to another, which is the business of consistency.
//! # Cost
//! O(events).
//! # Witness
//! The broadcast and the delivery.

use crate::reliability::creation::{self, Clause, Reading, Senders};
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "payload-integrity",
    number: "RB1b",
    statement: "a correct node delivers a message as it was broadcast",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::Digests],
    check,
};

const READING: Reading = Reading {
    receivers: Bound::Correct,
    senders: Senders::Honest,
    clauses: &[Clause::Unchanged],
    nothing: "no correct node delivered a message whose payload can be compared",
};

fn check(case: &Case<'_>) -> Verdict {
    creation::judge(case, &READING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    fn file(digest: &str) -> History {
        let text = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"]}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1","d":"x"}
{"t":2,"n":"n2","k":"deliver","m":"n1:0:1"?}
"#;
        History::read(text.replace('?', digest).as_bytes()).unwrap()
    }

    #[test]
    fn digests_are_compared_where_both_are_stated() {
        let told = "n2 delivered n1:0:1 with digest y; it was broadcast with x";
        assert_eq!(because(&ENTRY, &file(r#","d":"y""#)), told);
        assert_eq!(ruling(&ENTRY, &file(r#","d":"x""#)), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &file("")), READING.nothing);
    }

    #[test]
    fn a_message_that_nobody_broadcast_has_no_payload_to_keep() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a\nn2:   z")), READING.nothing);
    }
}
