//! Totality: if a correct node delivers something under a name, every correct node does.
//!
//! # Definition
//! If some correct node delivers a message of an instance, every correct node delivers a message
//! of it in the end (Cachin, Guerraoui & Rodrigues 2011: *Totality* of Byzantine reliable
//! broadcast; Bracha 1987). An instance is the name of a message; what it says is consistency's
//! business. So it is agreement on names, with the same excuses. Where there are several groups,
//! the word of a liar does not tell which of them its message is for, and nobody owes it.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! One delivery; that the other never came cannot be shown by an event.

use crate::reliability::owed;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "byzantine-totality",
    number: "RB10",
    statement: "if a correct node delivers something under a name, every correct node does",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    owed::agreement(case, Bound::Surviving, "no correct node delivered anything")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_liar_cannot_tell_only_some() {
        let of = |words| spoken(&json!({"byzantine": ["n3"]}), words);
        let told = "n1 delivered n3:0:1; n2, which is correct, never did";
        assert_eq!(because(&ENTRY, &of("n1 deliver n3:0:1 d=x")), told);
        let both = of("n1 deliver n3:0:1 d=x; n2 deliver n3:0:1 d=y");
        assert_eq!(ruling(&ENTRY, &both), Ruling::Held);
        let liar = of("n3 deliver n3:0:1 d=x");
        assert!(undecided(&ENTRY, &liar).starts_with("no correct node"));
    }
}
