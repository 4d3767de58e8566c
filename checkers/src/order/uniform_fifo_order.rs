//! Uniform FIFO order: fifo-order that binds every receiver, those that crash later included.
//!
//! # Definition
//! If a node broadcasts `m` before it broadcasts `m'`, then no node that is not Byzantine delivers
//! `m'` before it delivers `m` (Chockler, Keidar & Vitenberg: *FIFO Delivery*, which is stated for
//! every process). It binds every incarnation of every receiver; in all else it is as fifo-order.
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
    property: "uniform-fifo-order",
    number: "OR1-ord, uniform",
    statement: "if a node broadcasts m before m', no node delivers m' before m",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "no node delivered two messages of one sender";

fn check(case: &Case<'_>) -> Verdict {
    let rule = Rule { bound: Bound::Honest, form: Form::Order, nothing: NOTHING };
    sender_order::judge(&Scene::of(case), &rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_receiver_is_bound_by_order_only() {
        let inversion = lanes("n1: !a !b\nn2:       b a #");
        let told = "n2 delivered n1:0:2 before n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &inversion), told);
        assert_eq!(ruling(crate::find("fifo-order").unwrap(), &inversion), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b !c\nn2:        a c #")), Ruling::Held);
    }

    #[test]
    fn one_message_of_a_sender_has_no_order() {
        undecided(&ENTRY, &lanes("n1: !a !b\nn2:       b #"));
    }
}
