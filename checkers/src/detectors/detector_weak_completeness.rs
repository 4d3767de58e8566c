//! Weak completeness: every crashed node is suspected by some correct one in the end.
//!
//! # Definition
//! Every node that crashes is, from some time on, for ever suspected by some correct node (Chandra
//! & Toueg 1996: *Weak Completeness*). Who crashed and who watches is as in strong completeness.
//! "For ever" is the last stretch of the run: see [`Stretch`](crate::detectors::watch::Stretch).
//! A monitor that changes its mind within it leaves the property undecided.
//! # Cost
//! O(events · log pairs + nodes²).
//! # Witness
//! The crash; that no suspicion came cannot be shown by an event.

use crate::detectors::settled::{self, Need};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-weak-completeness",
    number: "FD2",
    statement: "every crashed node is suspected for ever by some correct node in the end",
    source: "Chandra & Toueg 1996",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log pairs + nodes²)",
    needs: &[Kind::Crash],
    given: &[Given::AnyOf(&[Kind::Suspect, Kind::Trust])],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    settled::judge(
        case,
        true,
        Need::SomeMonitor,
        "nobody crashed for good whom a correct node watches",
    )
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
    fn one_monitor_is_enough() {
        let of = |words: &str| spoken(&json!({}), &format!("n3 crash; {words}; {LONG}"));
        assert_eq!(ruling(&ENTRY, &of("n1 suspect n3")), Ruling::Held);
        let told = "n3 crashed; no correct node suspects it in the end";
        assert_eq!(because(&ENTRY, &of("n1 suspect n3; n1 trust n3")), told);
        let late = of("@80 n1 suspect n3");
        assert_eq!(undecided(&ENTRY, &late), "n1 changed its mind about n3 near the end");
    }
}
