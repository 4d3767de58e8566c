//! No duplication within an incarnation: no message is delivered twice between two restarts.
//!
//! # Definition
//! A correct `q` delivers `m` at most once in each incarnation, whatever the history's contract
//! says of restarts: what a node that keeps its deliveries in memory alone can promise. It is no
//! duplication of Cachin, Guerraoui & Rodrigues for each incarnation by itself.
//! # Cost
//! O(events); a bit for each incarnation and message.
//! # Witness
//! Two deliveries.

use crate::reliability::duplicates::{self, Span};
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-duplication-per-incarnation",
    number: "RB2-inc",
    statement: "no correct node delivers a message twice in one incarnation",
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
    duplicates::judge(case, Bound::Correct, Span::Incarnation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::reliability::duplicates::NOTHING;
    use pepperland_core::history::lanes::parse;
    use pepperland_core::history::{DeliveryContract, FailureModel, Header, History};
    use pepperland_core::verdict::Ruling;

    fn under(contract: DeliveryContract, picture: &str) -> History {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        header.contract.delivery = contract;
        parse(picture, header).unwrap()
    }

    #[test]
    fn a_restart_always_forgets() {
        let (again, nothing) = ("n1: !a\nn2:    a # ^ a", "n1: !a\nn2:");
        for contract in [DeliveryContract::Volatile, DeliveryContract::Logged] {
            assert_eq!(ruling(&ENTRY, &under(contract, again)), Ruling::Held);
            let twice = under(contract, "n1: !a\nn2:   # ^ a a");
            let told = "n2 (incarnation 1) delivered n1:0:1 twice";
            assert_eq!(because(&ENTRY, &twice), told);
            assert_eq!(undecided(&ENTRY, &under(contract, nothing)), NOTHING);
        }
    }
}
