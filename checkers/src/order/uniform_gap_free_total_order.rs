//! Uniform gap-free total order: any node delivers a message only after all that go before it.
//!
//! # Definition
//! If some node delivers `m` before `m'`, then any node delivers `m'` only after it has delivered
//! `m` (Défago, Schiper & Urbán: *Gap-Free Uniform Total Order*). It binds every incarnation of
//! every node that is not Byzantine. This is so if and only if what any two have delivered when
//! they deliver one message is the same: there is a tree of messages through which every life goes
//! down from the root, though perhaps not along the same branch. Unlike uniform-total-order it
//! forbids holes: whoever skipped `m` cannot act on `m'`. Unlike prefix-order it lets two nodes
//! deliver different messages after the same ones, as long as they never meet again. It is judged
//! group by group. A life that starts late (a restart that forgot, a joiner, a snapshot) goes down
//! a piece of the tree, wherever it begins; what it delivered before a snapshot and after are two
//! pieces, and their order is not compared.
//! # Cost
//! O(events).
//! # Witness
//! The deliveries of two pairs of neighbours that do not fit.

use crate::order::gap_free;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "uniform-gap-free-total-order",
    number: "OR7",
    statement: "if any node delivers m before m' in one group, all deliver m' only after m",
    source: "Défago, Schiper & Urbán 2004",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    gap_free::judge(case, Bound::Honest, "no message was delivered by two nodes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::history::lanes::parse;
    use pepperland_core::history::{FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_node_is_bound() {
        let history = lanes("n1: !a !b a b\nn2:           b #");
        let told = "n2 delivered n1:0:2 first; n1 delivered n1:0:2 right after n1:0:1";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(
            ruling(crate::find("gap-free-total-order").unwrap(), &history),
            Ruling::Undecided
        );
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b a b\nn2:         a #")), Ruling::Held);
        undecided(&ENTRY, &lanes("n1: !a !b a\nn2:       b #"));
    }

    #[test]
    fn pieces_of_restarts_that_forgot_make_no_circle() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let judge = |picture| parse(picture, header.clone()).unwrap();
        let circle = judge("n1: !a !b !c # ^ a b\nn2:          # ^ b c\nn3:          # ^ c a");
        let told = "n1 (incarnation 1) delivered n1:0:2 right after n1:0:1; \
                    n2 (incarnation 1) delivered n1:0:3 right after n1:0:2; \
                    n3 (incarnation 1) delivered n1:0:1 right after n1:0:3";
        assert_eq!(because(&ENTRY, &circle), told);
        assert_eq!(ruling(&ENTRY, &judge("n1: !a !b !c a b c\nn2:   # ^ b c")), Ruling::Held);
    }
}
