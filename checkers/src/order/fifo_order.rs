//! FIFO order: what a node delivers of one sender, it delivers in the order of the broadcasts.
//!
//! # Definition
//! If a node broadcasts `m` before it broadcasts `m'`, then no correct node delivers `m'` before it
//! delivers `m` (Chockler, Keidar & Vitenberg: *FIFO Delivery*). Unlike fifo this is said only of a
//! node that delivers both: `m` may be missing for good, as where a view change drops what a
//! crashed sender left behind. It binds correct receivers, whatever becomes of the sender, unless
//! the sender is Byzantine. Scope: messages of one incarnation of the sender to one group. That a
//! receiver starts late (a restart that forgot, a joiner's first view, a snapshot) excuses no
//! inversion.
//! # Cost
//! O(events); a counter for each receiver and sender, a bit for each receiver and message.
//! # Witness
//! Both broadcasts and both deliveries.

use crate::order::sender_order::{self, Form, Rule};
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fifo-order",
    number: "OR1-ord",
    statement: "if a node broadcasts m before m', no correct node delivers m' before m",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "no correct node delivered two messages of one sender";

fn check(case: &Case<'_>) -> Verdict {
    let rule = Rule { bound: Bound::Correct, form: Form::Order, nothing: NOTHING };
    sender_order::judge(&Scene::of(case), &rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_inversion_is_told_and_a_gap_is_allowed() {
        let told = "n2 delivered n1:0:2 before n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &lanes("n1: !a !b\nn2:       b a")), told);
        let gap = lanes("n1: !a !b !c\nn2:          a c");
        assert_eq!(ruling(&ENTRY, &gap), Ruling::Held);
        assert_eq!(ruling(crate::find("fifo").unwrap(), &gap), Ruling::Violated);
    }

    #[test]
    fn a_second_delivery_of_an_old_message_is_no_inversion() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b\nn2:       a b a")), Ruling::Held);
    }

    #[test]
    fn one_message_of_a_sender_has_no_order() {
        let told = undecided(&ENTRY, &lanes("n1: !a !b\nn2:       b #\nn3: !c b c"));
        assert!(told.starts_with("no correct node"));
    }
}
