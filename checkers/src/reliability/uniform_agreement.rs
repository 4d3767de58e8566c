//! Uniform agreement: what any node delivers, even one that then crashes, every correct node
//! delivers.
//!
//! # Definition
//! If a node delivers `m`, then every correct node that `m` is for delivers `m` in the end
//! (Hadzilacos & Toueg: *Uniform Agreement*). Deliveries at Byzantine nodes oblige nobody; those of
//! every incarnation of the others do. Any incarnation of a node discharges the node, and a node
//! whose last life starts late does not owe what was broadcast before.
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
    property: "uniform-agreement",
    number: "RB5",
    statement: "what any node delivers, every correct node of its group delivers in the end",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Liveness,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    owed::agreement(case, Bound::Honest, "nobody delivered anything")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use pepperland_core::history::Header;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_node_obliges_the_others() {
        let told = "n1 delivered n1:0:1; n2, which is correct, never did";
        assert_eq!(because(&ENTRY, &lanes("n1: !a a #\nn2:")), told);
    }

    #[test]
    fn a_liar_obliges_nobody() {
        let mut header = Header::new(Vec::new());
        header.byzantine = vec!["n1".into()];
        header.complete = true;
        let history = parse("n1: !a a\nn2:", header).unwrap();
        assert_eq!(ruling(&ENTRY, &history), Ruling::Undecided);
    }

    #[test]
    fn what_a_crashed_node_delivered_others_may_deliver_later() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a #\nn2:        a")), Ruling::Held);
    }
}
