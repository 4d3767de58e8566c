//! Eventual weak accuracy: in the end some correct node is suspected by no other.
//!
//! # Definition
//! There is a time after which some correct node is not suspected by any correct node (Chandra &
//! Toueg 1996: *Eventual Weak Accuracy*, the accuracy of the class ◇S). Nodes that left are
//! neither monitors nor targets.
//! "For ever" is the last stretch of the run: see [`Stretch`](crate::detectors::watch::Stretch).
//! A monitor that changes its mind within it leaves the property undecided.
//! # Cost
//! O(events · log pairs + nodes²).
//! # Witness
//! For each correct node a suspicion that was not taken back.

use crate::detectors::settled::{self, Need};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-eventual-accuracy",
    number: "FD6",
    statement: "in the end some correct node is not suspected by any correct node",
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
    settled::judge(case, false, Need::SomeTarget, "there are no two correct nodes in a group")
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
    fn one_trusted_node_is_enough() {
        let of = |words: &str| spoken(&json!({}), &format!("{words}; {LONG}"));
        let two = "n1 suspect n2; n2 suspect n3";
        assert_eq!(ruling(&ENTRY, &of(two)), Ruling::Held);
        let told = "every correct node is suspected to the end by a correct one: n1 by n3";
        assert_eq!(because(&ENTRY, &of(&format!("{two}; n3 suspect n1"))), told);
        let open = format!("{two}; @80 n3 suspect n1");
        assert!(undecided(&ENTRY, &of(&open)).contains("changed its mind"));
    }

    #[test]
    fn the_run_must_go_on_long_enough() {
        let history = spoken(&json!({"about": {"bounds": {"settle": 50}}}), "n1 suspect n2");
        assert!(undecided(&ENTRY, &history).starts_with("the run ended too soon"));
    }
}
