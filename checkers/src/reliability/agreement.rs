//! Agreement: what one correct node delivers, every correct node delivers.
//!
//! # Definition
//! If a correct node delivers `m`, then every correct node that `m` is for delivers `m` in the end
//! (Hadzilacos & Toueg: *Agreement*). Where a restart forgets, an incarnation that crashed obliges
//! nobody (that would be the uniform form), any incarnation of a node discharges the node, and a
//! node whose last life starts late does not owe what was broadcast before.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! The broadcast and one delivery; that the other never came cannot be shown by an event.

use crate::reliability::owed;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "agreement",
    number: "RB4",
    statement: "what a correct node delivers, every correct node of its group delivers in the end",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    owed::agreement(case, Bound::Surviving, "no correct node delivered anything")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{DeliveryContract, FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn what_one_delivers_all_deliver() {
        let told = "n2 delivered n1:0:1; n3, which is correct, never did";
        assert_eq!(because(&ENTRY, &lanes("n1: !a #\nn2:      a\nn3:")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a #\nn2:      a\nn3:      a")), Ruling::Held);
    }

    #[test]
    fn who_left_or_is_left_out_in_the_end_neither_owes_nor_obliges() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2} !a a\nn2: {1,2}      b")), Ruling::Violated);
        let out = "n1: {1,2,3} {1,2} !a a\nn2: {1,2,3} {1,2}    a\nn3: {1,2,3}         !b b";
        assert_eq!(ruling(&ENTRY, &lanes(out)), Ruling::Held);
    }

    #[test]
    fn a_crashed_node_obliges_nobody() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a #\nn2:")), Ruling::Undecided);
    }

    #[test]
    fn a_restart_that_forgot_owes_only_what_came_later() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        header.complete = true;
        let earlier = "n1: !a a\nn2:    # ^";
        let later = "n1:     !a a\nn2: # ^";
        let judge =
            |picture, header: &Header| ruling(&ENTRY, &parse(picture, header.clone()).unwrap());
        assert_eq!(judge(earlier, &header), Ruling::Held);
        assert_eq!(judge(later, &header), Ruling::Violated);
        header.contract.delivery = DeliveryContract::Logged;
        assert_eq!(judge(earlier, &header), Ruling::Violated);
    }
}
