//! Monotonic reads: what a client has seen it goes on seeing.
//!
//! # Definition
//! A read shows the effect of every write that an earlier read of the same session and the same
//! object had shown, or of something newer (Terry et al. 1994: *Monotonic Reads*).
//! How old values are told apart is said in [`sessions`](super::sessions). Binds the service, for
//! each client by itself; a client that got no answer never speaks again.
//! # Cost
//! O(n log n) in operations.
//! # Witness
//! The two operations.

use crate::replication::sessions::{Act, judge};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "monotonic-reads",
    number: "RP11",
    statement: "no client reads an older value than it read before",
    source: "Terry, Demers, Petersen, Spreitzer, Theimer & Welch 1994",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::SomeWorkload],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let nothing = "no client read an object twice, such that it can be told which value is older";
    judge(case, Act::Read, Act::Read, nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use crate::replication::tests::runs;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn going_back_is_told_and_going_on_holds() {
        let judge = |lines: &[&str]| ruling(&ENTRY, &runs(&[], lines));
        let back = ["c1 read value=6 version=3 ok", "c1 read value=5 version=2 ok"];
        let told = "c1 read 6 (version 3) and later read 5 (version 2), which is older";
        assert_eq!(because(&ENTRY, &runs(&[], &back)), told);
        assert_eq!(
            judge(&["c1 read value=5 version=2 ok", "c1 read value=5 version=2 ok"]),
            Ruling::Held
        );
        assert_eq!(judge(&["c1 read value=5 ok", "c1 read value=6 ok"]), Ruling::Undecided);
    }
}
