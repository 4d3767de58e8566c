//! Strong completeness: every crashed node is suspected by every correct one in the end.
//!
//! # Definition
//! Every node that crashes is, from some time on, for ever suspected by every correct node (Chandra
//! & Toueg 1996: *Strong Completeness*). Crashed is who is down at the end of the run; the monitors
//! are the correct nodes of its groups that did not leave. A monitor that restarts begins by
//! suspecting nobody.
//! "For ever" is the last stretch of the run: see [`Stretch`](crate::detectors::watch::Stretch).
//! A monitor that changes its mind within it leaves the property undecided.
//! # Cost
//! O(events · log pairs + nodes²).
//! # Witness
//! The crash and the last change of mind; that no suspicion came cannot be shown by an event.

use crate::detectors::settled::{self, Need};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-completeness",
    number: "FD1",
    statement: "every crashed node is suspected for ever by every correct node in the end",
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
        Need::EveryPair,
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
    fn every_correct_monitor_is_bound() {
        let of = |words: &str| spoken(&json!({}), &format!("n3 crash; {words}; {LONG}"));
        let told = "n3 crashed; n2, which is correct, does not suspect it in the end";
        assert_eq!(because(&ENTRY, &of("n1 suspect n3")), told);
        assert_eq!(ruling(&ENTRY, &of("n1 suspect n3; n2 suspect n3")), Ruling::Held);
        let late = of("n1 suspect n3; @80 n2 suspect n3");
        assert_eq!(undecided(&ENTRY, &late), "n2 changed its mind about n3 near the end");
    }

    #[test]
    fn a_restarted_monitor_begins_anew() {
        let header = json!({"failure_model": "crash-recovery"});
        let words = "n3 crash; n1 suspect n3; n2 suspect n3; n1 crash; n1 recover";
        let history = spoken(&header, &format!("{words}; {LONG}"));
        assert_eq!(ruling(&ENTRY, &history), Ruling::Violated);
    }
}
