//! No duplication: no message is delivered twice at one node.
//!
//! # Definition
//! A correct `q` delivers `m` at most once (Cachin, Guerraoui & Rodrigues: *No duplication*; half
//! of Hadzilacos & Toueg's *Integrity*). What a restart means is the history's contract: *volatile*
//! and *snapshot* deliveries count once per incarnation, *logged* ones once across incarnations.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! Two deliveries.

use crate::reliability::duplicates::{self, Span};
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-duplication",
    number: "RB2",
    statement: "no correct node delivers a message twice",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    duplicates::judge(case, Bound::Correct, Span::Contract)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::reliability::duplicates::NOTHING;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{DeliveryContract, EventId, FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_second_delivery_is_told() {
        let history = lanes("n1: !a a\nn2:      a   a");
        assert_eq!(because(&ENTRY, &history), "n2 delivered n1:0:1 twice");
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [EventId(2), EventId(3)]);
    }

    #[test]
    fn what_a_restart_means_is_the_contract() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let picture = "n1: !a\nn2:    a # ^ a";
        let volatile = parse(picture, header.clone()).unwrap();
        assert_eq!(ruling(&ENTRY, &volatile), Ruling::Held);
        header.contract.delivery = DeliveryContract::Logged;
        let logged = parse(picture, header).unwrap();
        assert_eq!(because(&ENTRY, &logged), "n2 delivered n1:0:1 twice");
    }

    #[test]
    fn nothing_delivered_is_not_held() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a")), NOTHING);
    }
}
