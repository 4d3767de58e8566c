//! FIFO: a sender's messages are delivered in the order in which it broadcast them, without gaps.
//!
//! # Definition
//! If a node broadcasts `m` before it broadcasts `m'`, then no correct node delivers `m'` unless it
//! delivered `m` before (Hadzilacos & Toueg: *FIFO Order*). This is the form that forbids gaps too;
//! it binds correct receivers, whatever becomes of the sender, unless the sender is Byzantine.
//! Scope: messages of one incarnation of the sender to one group. A receiver that starts late (a
//! restart that forgot, a joiner's first view, a snapshot) may lack what was broadcast before, but
//! what it delivers of it comes in order too.
//! # Cost
//! O(events); a counter for each receiver and sender.
//! # Witness
//! Both broadcasts and the delivery of the second; and the late delivery of the first, if any.

use crate::order::sender_order::{self, Form, Rule};
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fifo",
    number: "OR1-gap",
    statement: "if a node broadcasts m before m', no correct node delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "no correct node delivered a message that was not its sender's first";

fn check(case: &Case<'_>) -> Verdict {
    let rule = Rule { bound: Bound::Correct, form: Form::NoGap, nothing: NOTHING };
    sender_order::judge(&Scene::of(case), &rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{EventId, FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_inversion_and_a_gap_are_told() {
        let inversion = lanes("n1: !a !b\nn2:       b a");
        let told = "n2 delivered n1:0:2 before n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &inversion), told);
        let gap = lanes("n1: !a !b\nn2:       b");
        let told = "n2 delivered n1:0:2 without n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &gap), told);
        let events = check(&Case::new(&gap)).witness().unwrap().events.clone();
        assert_eq!(events, [0, 1, 2].map(EventId));
    }

    #[test]
    fn a_crashed_receiver_is_free_and_a_crashed_sender_is_not() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b\nn2:       b #")), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b #\nn2:       b")), Ruling::Violated);
    }

    #[test]
    fn a_restart_that_forgot_may_begin_anywhere_but_goes_on_in_order() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let judge = |picture| ruling(&ENTRY, &parse(picture, header.clone()).unwrap());
        assert_eq!(judge("n1: !a !b\nn2:      # ^ b"), Ruling::Held);
        assert_eq!(judge("n1: !a !b\nn2:      # ^ b a"), Ruling::Violated);
        assert_eq!(judge("n1: !a     !b !c\nn2:    # ^       c"), Ruling::Violated);
    }

    #[test]
    fn who_comes_back_by_a_view_may_lack_what_was_sent_without_it() {
        let away = "n1: {1,2} {1} !a a {2,1} !b b\nn2: {1,2}            {2,1}    b";
        assert_eq!(ruling(&ENTRY, &lanes(away)), Ruling::Held);
        let never_away = away.replace("{1} ", "    ");
        assert_eq!(ruling(&ENTRY, &lanes(&never_away)), Ruling::Violated);
    }
}
