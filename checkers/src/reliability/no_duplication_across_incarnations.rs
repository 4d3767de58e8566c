//! No duplication across incarnations: no message is delivered twice, restarts or not.
//!
//! # Definition
//! A correct `q` delivers `m` at most once in the whole run, whatever the history's contract says
//! of restarts: what needs a log of deliveries (Cachin, Guerraoui & Rodrigues: *logged* broadcast).
//! Binds nodes that are correct in the end, in all their incarnations.
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
    property: "no-duplication-across-incarnations",
    number: "RB2-all",
    statement: "no correct node delivers a message twice, restarts or not",
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
    duplicates::judge(case, Bound::Correct, Span::Run)
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
    fn no_restart_ever_forgets() {
        let (again, nothing) = ("n1: !a\nn2:    a # ^ a", "n1: !a\nn2:");
        for contract in [DeliveryContract::Volatile, DeliveryContract::Logged] {
            let told = "n2 delivered n1:0:1 twice";
            assert_eq!(because(&ENTRY, &under(contract, again)), told);
            let once = under(contract, "n1: !a\nn2:   # ^ a");
            assert_eq!(ruling(&ENTRY, &once), Ruling::Held);
            assert_eq!(undecided(&ENTRY, &under(contract, nothing)), NOTHING);
        }
    }
}
