//! Validity, towards somebody: what a correct sender broadcasts is not lost altogether.
//!
//! # Definition
//! If a correct node broadcasts `m`, some correct node that `m` is for delivers `m` in the end. Of
//! the three properties that are called validity in print, this is the weakest: what is left when
//! the sender is not in the group it sends to.
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
    property: "validity-some",
    number: "RB3-some",
    statement: "what a correct node broadcasts, some correct node of the group delivers in the end",
    source: "Hadzilacos & Toueg 1994, weakened for open groups",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    promises::judge(case, To::Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{GroupContract, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn somebody_correct_must_deliver() {
        let told = "n1 broadcast n1:0:1; no correct node ever delivered it";
        assert_eq!(because(&ENTRY, &lanes("n1: !a\nn2:    a #\nn3:")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:    a\nn3:")), Ruling::Held);
    }

    #[test]
    fn a_sender_outside_the_group_does_not_count() {
        let mut header = Header::new(vec!["n1".into(), "n2".into()]);
        header.groups.insert("g".into(), vec!["n2".into()]);
        header.complete = true;
        header.contract.group = GroupContract::Open;
        let history = parse("n1: !a a\nn2:", header.clone()).unwrap();
        assert_eq!(ruling(&ENTRY, &history), Ruling::Violated);
        header.contract.group = GroupContract::Closed;
        let rejected = parse("n1: !a a\nn2:", header).unwrap();
        assert!(undecided(&ENTRY, &rejected).starts_with("no correct node broadcast"));
    }

    #[test]
    fn a_sender_that_crashes_promises_nothing() {
        let told = undecided(&ENTRY, &lanes("n1: !a #\nn2:"));
        assert!(told.starts_with("no correct node broadcast"), "{told}");
    }
}
