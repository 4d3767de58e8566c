//! Validity, towards oneself: a correct sender delivers what it broadcasts.
//!
//! # Definition
//! If a correct node broadcasts `m` to a group it is in, it delivers `m` itself in the end. Of the
//! three properties that are called validity in print, this is the one of Hadzilacos & Toueg (1994)
//! and of Défago, Schiper & Urbán.
//! Who is excused: a sender that crashed during the call (where deliveries are logged and returns
//! recorded: before the return; else: at any time after the call), and a recipient whose last life
//! starts late, of what was broadcast before.
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
    property: "validity-self",
    number: "RB3-self",
    statement: "what a correct node broadcasts to its own group, it delivers itself in the end",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    promises::judge(case, To::Sender)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_sender_owes_itself_its_message() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a\nn2:")), Ruling::Held);
        let told = "n1 broadcast n1:0:1 and never delivered it itself";
        assert_eq!(because(&ENTRY, &lanes("n1: !a\nn2:    a")), told);
    }

    #[test]
    fn nothing_is_owed_before_the_end() {
        let mut history = lanes("n1: !a");
        history.header.complete = false;
        assert!(undecided(&ENTRY, &history).contains("not complete"));
    }

    #[test]
    fn a_crash_after_the_call_takes_the_request_with_it() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        header.complete = true;
        let history = parse("n1: !a # ^ !b b", header).unwrap();
        assert_eq!(check(&Case::new(&history)).obligations, 1);
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }
}
