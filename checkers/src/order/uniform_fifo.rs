//! Uniform FIFO: fifo that binds every receiver, those that crash later included.
//!
//! # Definition
//! If a node broadcasts `m` before it broadcasts `m'`, then no node that is not Byzantine delivers
//! `m'` unless it delivered `m` before (Hadzilacos & Toueg: *Uniform FIFO Order*). It binds every
//! incarnation of every receiver; in all else it is as fifo.
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
    property: "uniform-fifo",
    number: "OR1-gap, uniform",
    statement: "if a node broadcasts m before m', no node delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "no node delivered a message that was not its sender's first";

fn check(case: &Case<'_>) -> Verdict {
    let rule = Rule { bound: Bound::Honest, form: Form::NoGap, nothing: NOTHING };
    sender_order::judge(&Scene::of(case), &rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_receiver_is_bound() {
        let history = lanes("n1: !a !b\nn2:       b #");
        let told = "n2 delivered n1:0:2 without n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("fifo").unwrap(), &history), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b\nn2:       a b #")), Ruling::Held);
    }

    #[test]
    fn first_messages_say_nothing() {
        undecided(&ENTRY, &lanes("n1: !a\nn2: !b a b"));
    }
}
