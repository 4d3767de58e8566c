//! Same view delivery: a message is delivered in one view, wherever it is delivered.
//!
//! # Definition
//! If `p` delivers `m` in `V` and `q` delivers `m` in `V'`, then `V = V'` (Chockler, Keidar &
//! Vitenberg 2001). Which view that is does not matter: that it is the one of sending is
//! sending-view-delivery. It binds every node that is not Byzantine; only the first delivery in a
//! life counts, and deliveries in no view are initial-view's business.
//! # Cost
//! O(events).
//! # Witness
//! Two deliveries.

use crate::views::sending::{Where, judge};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "same-view-delivery",
    number: "VS8",
    statement: "all who deliver a message deliver it in the same view",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    judge(case, Where::Same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn two_views_are_one_too_many() {
        let apart = lanes("n1: {1,2} !a a  {2,1}\nn2: {1,2}       {2,1} a");
        assert_eq!(because(&ENTRY, &apart), "n1 delivered n1:0:1 in view 1, n2 in view 2");
        let together = lanes("n1: {1,2} !a {2,1} a\nn2: {1,2}    {2,1}  a");
        assert_eq!(ruling(&ENTRY, &together), Ruling::Held);
        assert!(undecided(&ENTRY, &lanes("n1: {1} !a a")).starts_with("no message"));
    }

    #[test]
    fn a_second_delivery_in_one_life_is_another_matter() {
        let twice = lanes("n1: {1,2} !a a {2,1} a\nn2: {1,2}    a {2,1}");
        assert_eq!(ruling(&ENTRY, &twice), Ruling::Held);
    }
}
