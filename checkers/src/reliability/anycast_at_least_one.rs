//! Anycast, at least one: some member of the group takes up every request.
//!
//! # Definition
//! Where the workload is `anycast`, a broadcast is a request to a group and a delivery takes it up
//! (the one-of-the-group form of group communication in Coulouris, Dollimore & Kindberg). If a
//! correct node broadcasts `m` to a group with a correct member, some member delivers `m` in the
//! end; one that then crashes has done so too, and one that may lie may have, unseen. A sender that
//! crashed during the call is excused, as in validity.
//! # Cost
//! O(events + messages · nodes).
//! # Witness
//! The broadcast; that the delivery never came cannot be shown by an event.

use crate::reliability::promises::{self, To};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "anycast-at-least-one",
    number: "RB15-least",
    statement: "some member of the group takes up each request of a correct node",
    source: "Coulouris, Dollimore & Kindberg 2011",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast],
    given: &[WORKLOAD],
    check,
};

/// What the history must be of.
pub const WORKLOAD: Given = Given::Workload("anycast");

/// The reason where it is of something else.
pub const ELSEWHERE: &str = "the workload is not anycast";

fn check(case: &Case<'_>) -> Verdict {
    match WORKLOAD.is_met(case.history) {
        true => promises::judge(case, To::Anyone),
        false => Verdict::undecided(ELSEWHERE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    fn anycast(picture: &str) -> History {
        let mut history = lanes(picture);
        history.header.workload = Some("anycast".into());
        history
    }

    #[test]
    fn somebody_must_take_it_up() {
        let told = "n1 broadcast n1:0:1; nobody ever delivered it";
        assert_eq!(because(&ENTRY, &anycast("n1: !a\nn2:")), told);
        assert_eq!(ruling(&ENTRY, &anycast("n1: !a\nn2:    a #")), Ruling::Held);
    }

    #[test]
    fn a_liar_may_have_taken_it_up() {
        let mut history = anycast("n1: !a\nn2:");
        history.header.byzantine = vec!["n2".into()];
        assert_eq!(ruling(&ENTRY, &history), Ruling::Undecided);
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a\nn2:")), ELSEWHERE);
    }
}
