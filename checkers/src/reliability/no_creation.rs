//! No creation: what is delivered was broadcast, by its sender, to the group of the receiver, and
//! says what it said then.
//!
//! # Definition
//! If a correct `q` delivers `m`, then `sender(m)` broadcast `m` before, with the same payload, and
//! `q` is in the group that `m` was broadcast to (Cachin, Guerraoui & Rodrigues: *No creation*;
//! Chockler, Keidar & Vitenberg: *Delivery Integrity*). We take the reading that binds correct
//! receivers, and the Byzantine one that binds only if the sender does not lie. A broadcast counts
//! though its sender crashed and forgot it. That it came *before* is judged where the lines of the
//! history are one true order; payloads are compared where both sides state a digest.
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
    property: "no-creation",
    number: "RB1",
    statement: "what a correct node delivers was broadcast before, unchanged, to a group it is in",
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
    clauses: EVERY_CLAUSE,
    nothing: "no correct node delivered a message of a sender that does not lie",
};

fn check(case: &Case<'_>) -> Verdict {
    creation::judge(case, &READING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{Clock, Header, History};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_stranger_is_told() {
        let history = lanes("n1: !a a\nn2:      a z");
        assert_eq!(because(&ENTRY, &history), "n2 delivered n1:0:2, which nobody broadcast");
    }

    #[test]
    fn nobody_delivers_before_the_broadcast_on_a_true_clock() {
        let early = "n1:    !a\nn2: a";
        assert_eq!(because(&ENTRY, &lanes(early)), "n2 delivered n1:0:1 before it was broadcast");
        let mut header = Header::new(Vec::new());
        header.clock = Clock::Real;
        assert!(check(&Case::new(&parse(early, header).unwrap())).witness().is_none());
    }

    #[test]
    fn a_group_is_closed_to_outsiders() {
        let mut header = Header::new(vec!["n1".into(), "n2".into()]);
        header.groups.insert("g".into(), vec!["n1".into()]);
        let history = parse("n1: !a\nn2:    a", header).unwrap();
        let told = "n2 delivered n1:0:1, which was broadcast to g; n2 is not in g";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn a_stranger_of_unknown_origin_is_blamed_unless_somebody_lies() {
        let file = |liars| {
            let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],
                "names":"opaque","byzantine":[?]}"#;
            let header = header.replace('?', liars).replace('\n', " ");
            let event = "\n{\"t\":1,\"n\":\"n2\",\"k\":\"deliver\",\"m\":\"x\"}\n";
            History::read((header + event).as_bytes()).unwrap()
        };
        assert_eq!(because(&ENTRY, &file("")), "n2 delivered x, which nobody broadcast");
        assert!(undecided(&ENTRY, &file("\"n1\"")).starts_with("no correct node"));
    }

    #[test]
    fn a_liar_may_say_what_it_likes_and_hear_what_it_likes() {
        let mut header = Header::new(Vec::new());
        header.byzantine = vec!["n1".into()];
        let history = parse("n1: z\nn2:   z", header).unwrap();
        assert!(undecided(&ENTRY, &history).starts_with("no correct node delivered"));
    }

    #[test]
    fn what_was_broadcast_before_may_be_delivered() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a\nn2:      a")), Ruling::Held);
    }
}
