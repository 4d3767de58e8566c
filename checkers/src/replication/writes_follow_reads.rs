//! Writes follow reads: what a client writes comes after what it had read.
//!
//! # Definition
//! A write takes effect after every write that an earlier read of the same session and the same
//! object had shown (Terry et al. 1994: *Writes Follow Reads*). This takes versions.
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
    property: "writes-follow-reads",
    number: "RP11",
    statement: "no client's write is ordered before what it had read",
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
    let nothing =
        "no client wrote an object after it read it, such that it can be told which value is older";
    judge(case, Act::Read, Act::Write, nothing)
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
        let back = ["c1 read value=6 version=3 ok", "c1 write value=5 version=2 ok"];
        let told = "c1 read 6 (version 3) and later wrote 5 (version 2), which is older";
        assert_eq!(because(&ENTRY, &runs(&[], &back)), told);
        assert_eq!(
            judge(&["c1 read value=5 version=2 ok", "c1 write value=6 version=3 ok"]),
            Ruling::Held
        );
        assert_eq!(judge(&["c1 read value=5 ok", "c1 write value=6 ok"]), Ruling::Undecided);
    }
}
