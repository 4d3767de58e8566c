//! DifATo's agreement: what a correct client delivers, every correct client delivers.
//!
//! # Definition
//! If a correct process delivers `m`, every correct process delivers `m` in the end (DA2 of DifATo,
//! Xavier Silva, Lung, Luiz & Magnabosco). It binds clients, whatever group the message was
//! broadcast to, with the excuses of agreement. A sequencer that lies may leave a client out when
//! it sends what was ordered: two clients are needed to see it.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! The broadcast and one delivery; that the other never came cannot be shown by an event.

use crate::byzantine::roles::Roles;
use crate::reliability::owed;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "difato-agreement",
    number: "DA2",
    statement: "what a correct client delivers, every correct client delivers in the end",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let nothing = "no correct client delivered anything";
    owed::agreement_on(&Roles::of(case).scene(case), Bound::Surviving, nothing, |_| true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> pepperland_core::history::History {
        let header = json!({"nodes": ["c1", "c2", "s1", "s2", "s3"], "byzantine": ["s3"],
            "groups": {"clients": ["c1", "c2"], "servers": ["s1", "s2", "s3"]}});
        spoken(&header, words)
    }

    #[test]
    fn a_client_that_was_left_out_is_told() {
        let words = "c1 broadcast c1:0:1 g=servers; c1 deliver c1:0:1";
        let told = "c1 delivered c1:0:1; c2, which is correct, never did";
        assert_eq!(because(&ENTRY, &of(words)), told);
        let held = of(&format!("{words}; c2 deliver c1:0:1"));
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
        let server = of("c1 broadcast c1:0:1 g=servers; s1 deliver c1:0:1");
        assert!(undecided(&ENTRY, &server).starts_with("no correct client"));
    }
}
