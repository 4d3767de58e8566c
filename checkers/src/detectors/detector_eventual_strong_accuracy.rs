//! Eventual strong accuracy: in the end no correct node suspects another.
//!
//! # Definition
//! There is a time after which correct nodes are not suspected by any correct node (Chandra &
//! Toueg 1996: *Eventual Strong Accuracy*). Nodes that left are neither monitors nor targets.
//! "For ever" is the last stretch of the run: see [`Stretch`](crate::detectors::watch::Stretch).
//! A monitor that changes its mind within it leaves the property undecided.
//! # Cost
//! O(events · log pairs + nodes²).
//! # Witness
//! The suspicion that was not taken back.

use crate::detectors::settled::{self, Need};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-eventual-strong-accuracy",
    number: "FD5",
    statement: "in the end no correct node is suspected by any correct node",
    source: "Chandra & Toueg 1996",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log pairs + nodes²)",
    needs: &[Kind::Suspect],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    settled::judge(case, false, Need::EveryPair, "there are no two correct nodes in a group")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    const LONG: &str = "@90 - note";

    #[test]
    fn a_suspicion_must_be_taken_back() {
        let of = |words: &str| spoken(&json!({}), &format!("n1 suspect n2; {words}; {LONG}"));
        let told = "n1 suspects n2 to the end, and both are correct";
        assert_eq!(because(&ENTRY, &of("n3 crash")), told);
        assert_eq!(ruling(&ENTRY, &of("n1 trust n2")), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &of("n2 crash")), Ruling::Held);
        assert!(undecided(&ENTRY, &of("@80 n1 trust n2")).contains("changed its mind"));
    }
}
