//! Validity where nodes may lie: what a correct node broadcasts, every correct node delivers.
//!
//! # Definition
//! If a correct node broadcasts `m`, every correct node delivers `m` in the end (Cachin,
//! Guerraoui & Rodrigues 2011: *Validity* of Byzantine consistent and reliable broadcast), with
//! the excuses of validity towards all. Nothing is owed to a liar.
//! # Cost
//! O(events + messages · nodes).
//! # Witness
//! The broadcast; that the delivery never came cannot be shown by an event.

use crate::reliability::promises::{self, To};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "byzantine-validity",
    number: "RB9",
    statement: "what a correct node broadcasts, every correct node delivers in the end",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events + messages · nodes)",
    needs: &[Kind::Broadcast],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    promises::judge(case, To::All)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_correct_sender_is_heard_by_all_who_are_correct() {
        let of = |words| spoken(&json!({"byzantine": ["n3"]}), words);
        const WORDS: &str = "n1 broadcast n1:0:1; n1 deliver n1:0:1";
        const HELD: &str = "n1 broadcast n1:0:1; n1 deliver n1:0:1; n2 deliver n1:0:1";
        let told = "n1 broadcast n1:0:1; n2 never delivered it";
        assert_eq!(because(&ENTRY, &of(WORDS)), told);
        let held = of(HELD);
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
    }

    #[test]
    fn a_liar_promises_nothing() {
        let history = spoken(&json!({"byzantine": ["n3"]}), "n3 broadcast n3:0:1");
        assert!(undecided(&ENTRY, &history).starts_with("no correct node broadcast"));
    }
}
