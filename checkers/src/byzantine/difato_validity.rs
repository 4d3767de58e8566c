//! DifATo's validity: what a correct client broadcasts, some correct client delivers.
//!
//! # Definition
//! If a correct process broadcasts `m`, some correct process delivers `m` in the end (DA1 of
//! DifATo, Xavier Silva, Lung, Luiz & Magnabosco). Deliveries are those of clients, whatever
//! group the message was broadcast to; the excuses are those of validity towards somebody. The
//! paper makes this depend on clients waiting long enough before they complain of the sequencer.
//! # Cost
//! O(events + messages · nodes).
//! # Witness
//! The broadcast; that the delivery never came cannot be shown by an event.

use crate::byzantine::roles::Roles;
use crate::reliability::promises::{self, To};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "difato-validity",
    number: "DA1",
    statement: "what a correct client broadcasts, some correct client delivers in the end",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events + messages · nodes)",
    needs: &[Kind::Broadcast],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    promises::judge_in(&Roles::of(case).scene(case), To::Some, false)
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
    fn servers_do_not_count() {
        let words = "c1 broadcast c1:0:1 g=servers; s1 deliver c1:0:1";
        let told = "c1 broadcast c1:0:1; no correct node ever delivered it";
        assert_eq!(because(&ENTRY, &of(words)), told);
        let held = of(&format!("{words}; c2 deliver c1:0:1"));
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
        let crashed = of("c1 broadcast c1:0:1 g=servers; c1 crash");
        assert!(undecided(&ENTRY, &crashed).starts_with("no correct node"));
    }
}
