//! Integrity: a message is delivered at most once, and only if it was broadcast.
//!
//! # Definition
//! A correct `q` delivers `m` at most once, and only if `sender(m)` broadcast `m` before
//! (Hadzilacos & Toueg 1994: *Integrity*): no-creation and no-duplication, each in the reading of
//! its own page. Held if both are: a history in
//! which only liars broadcast says nothing of the first.
//! # Cost
//! O(events).
//! # Witness
//! That of the half that broke; of no-creation if both did.

use crate::reliability::{no_creation, no_duplication};
use crate::together;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "integrity",
    number: "RB6",
    statement: "a correct node delivers a message at most once, and only if it was broadcast",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    together::judge(case, [&no_creation::ENTRY, &no_duplication::ENTRY])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::Header;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn the_half_that_broke_is_told() {
        let told = |picture| because(&ENTRY, &lanes(picture));
        assert_eq!(told("n1: !a\nn2:   z"), "n2 delivered n1:0:2, which nobody broadcast");
        assert_eq!(told("n1: !a\nn2:   a a"), "n2 delivered n1:0:1 twice");
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2:   a")), Ruling::Held);
        let nobody = undecided(&ENTRY, &lanes("n1: !a\nn2:   a #"));
        assert!(nobody.starts_with("no-creation: no correct node"), "{nobody}");
    }

    #[test]
    fn what_liars_broadcast_says_nothing_of_creation() {
        let mut header = Header::new(Vec::new());
        header.byzantine = vec!["n1".into()];
        let history = parse("n1: !a\nn2:   a", header).unwrap();
        assert!(undecided(&ENTRY, &history).starts_with("no-creation: "));
    }
}
