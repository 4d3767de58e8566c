//! DifATo's integrity: once, and nothing in a correct sender's name.
//!
//! # Definition
//! Every correct client delivers `m` at most once, and if the sender of `m` is correct, `m` was
//! broadcast before by that sender (DA3 of DifATo, Xavier Silva, Lung, Luiz & Magnabosco).
//! We let a sender count as correct if it does not lie, though it may crash. A liar's message is
//! bound only to come once. That the broadcast came *before* is judged where the lines of the
//! history are one true order; payloads are compared where both sides state a digest. What a
//! restart means for "once" is the history's contract.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! Two deliveries; or one, and the broadcast if there is one.

use crate::byzantine::integrity;
use crate::byzantine::roles::Roles;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "difato-integrity",
    number: "DA3",
    statement: "a correct client delivers m once, and only if its sender broadcast it or lies",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    integrity::judge(&Roles::of(case).scene(case))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn once_and_as_it_was_broadcast() {
        let of = |words: &str| {
            let words = format!("n1 broadcast n1:0:1 d=x; {words}");
            spoken(&json!({"byzantine": ["n3"]}), &words)
        };
        let told = "n2 delivered n1:0:1 twice";
        assert_eq!(because(&ENTRY, &of("n2 deliver n1:0:1; n2 deliver n1:0:1")), told);
        let told = "n2 delivered n1:0:2, which nobody broadcast";
        assert_eq!(because(&ENTRY, &of("n2 deliver n1:0:2")), told);
        let told = "n2 delivered n1:0:1 with another payload than its sender broadcast";
        assert_eq!(because(&ENTRY, &of("n2 deliver n1:0:1 d=y")), told);
        assert_eq!(ruling(&ENTRY, &of("n2 deliver n1:0:1 d=x; n2 deliver n3:0:7")), Ruling::Held);
        assert!(undecided(&ENTRY, &of("n3 deliver n1:0:9")).starts_with("no correct node"));
    }
}
