//! Weak sending view delivery: a message is delivered in one view, no older than that of sending.
//!
//! # Definition
//! All deliveries of `m` are in one view, and if `m` was sent in `V` then the number of that view
//! is not less than that of `V` (*weak virtual synchrony*: Friedman & van Renesse 1995; the sender
//! need not be blocked while views change). Sending-view-delivery implies it, and it implies
//! same-view-delivery; what is known of the view of sending is read as there.
//! # Cost
//! O(events).
//! # Witness
//! The sender's view, the broadcast, and the delivery in an older view; or two deliveries.

use crate::views::sending::{Where, judge};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "weak-sending-view-delivery",
    number: "VS7w",
    statement: "a message is delivered in one view, which is no older than that of sending",
    source: "Friedman & van Renesse 1995",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    judge(case, Where::Later)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn later_is_right_and_older_is_wrong() {
        let later = lanes("n1: {1,2} !a    {1} a\nn2: {1,2}");
        assert_eq!(ruling(&ENTRY, &later), Ruling::Held);
        let older = lanes("n1: {1,2}  {1} !a\nn2: {1,2}         a");
        let told = "n2 delivered n1:0:1 in view 1; n1 sent it in view 2";
        assert_eq!(because(&ENTRY, &older), told);
        assert!(undecided(&ENTRY, &lanes("n1: {1} !a")).starts_with("no message"));
    }
}
