//! Validity, towards all: what a correct sender broadcasts reaches every correct recipient.
//!
//! # Definition
//! If a correct node broadcasts `m`, every correct node that `m` is for delivers `m` in the end. Of
//! the three properties that are called validity in print, this is the one of best-effort broadcast
//! (Cachin, Guerraoui & Rodrigues).
//! Who is excused: a sender that crashed during the call (where deliveries are logged and returns
//! recorded: before the return; else: at any time after the call), or that is outside of a closed
//! group; and a recipient whose last life starts late, of what was broadcast before.
//! # Cost
//! O(events + messages · nodes).
//! # Witness
//! The broadcast; that the delivery never came cannot be shown by an event.

use crate::reliability::promises::{self, To};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "validity-all",
    number: "RB3-all",
    statement: "what a correct node broadcasts, each correct node of the group delivers in the end",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    promises::judge(case, To::All)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use pepperland_core::history::History;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn every_correct_recipient_is_owed() {
        let told = "n1 broadcast n1:0:1; n3 never delivered it";
        assert_eq!(because(&ENTRY, &lanes("n1: !a a\nn2:      a\nn3:")), told);
    }

    #[test]
    fn a_call_that_returned_binds_where_deliveries_are_logged() {
        let file = |contract| {
            let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],
                "failure_model":"crash-recovery","complete":true,"contract":{"delivery":"?"}}"#;
            let header = header.replace('?', contract).replace('\n', " ");
            let events = r#"
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n1","k":"broadcast_return","m":"n1:0:1"}
{"t":3,"n":"n1","k":"crash"}
{"t":4,"n":"n1","k":"recover"}
"#;
            History::read((header + events).as_bytes()).unwrap()
        };
        assert_eq!(ruling(&ENTRY, &file("logged")), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &file("volatile")), Ruling::Undecided);
    }

    #[test]
    fn a_crashed_recipient_and_a_crashed_sender_are_excused() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a\nn2:    #")), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a #\nn2:")), Ruling::Undecided);
    }
}
