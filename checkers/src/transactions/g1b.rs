//! G1b, intermediate reads: a transaction reads what another was about to overwrite.
//!
//! # Definition
//! If a committed transaction reads a version that another wrote, it is the last that the other
//! wrote to the key (Adya 1999: proscribed at level PL-2). The version of a list is its last
//! element.
//! # Cost
//! O(n).
//! # Witness
//! Who read it, and who wrote it.

use crate::transactions::g1a::exposed;
use crate::transactions::txns::WORKLOADS;
use crate::transactions::verdict::{Anomaly, Find, Found};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "g1b",
    number: "TX3",
    statement: "committed transactions read of each other only what was written last",
    source: "Adya 1999; Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check: |case| ANOMALY.judge(case),
};

/// A read of a version that its writer overwrote.
pub const FIND: Find = |view| {
    let txns = &view.judged.txns;
    let mut reads = txns.committed().flat_map(|txn| txns.foreign_reads(txn).map(move |r| (txn, r)));
    reads.find_map(|(reader, (key, seen))| {
        let value = *seen.last()?;
        let writer = txns.writer(key, value).filter(|w| w.txn != reader && !w.last)?.txn;
        let [who, whose] = [reader, writer].map(|txn| view.who(txn));
        let (key, value, wrote) = (view.names.key(key), view.names.value(value), view.wrote());
        Some(Found {
            txns: vec![reader, writer],
            clauses: vec![
                (format!("{whose} {wrote} {value} to {key} and then more"), vec![writer]),
                (format!("{who} read {value} of {key}"), vec![reader]),
            ],
            must: format!("{value} was the last that {whose} {wrote}"),
            because: format!("{who} read {value} of {key} and not what {whose} {wrote} after it"),
        })
    })
};

const ANOMALY: Anomaly =
    Anomaly { finds: &[FIND], exposed, nothing: "nobody read what another wrote" };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_read_of_what_was_about_to_change_is_told() {
        let words = "c1 a1=1 a1=2\nc2 r1=[1]";
        let told = "c2's transaction at 2 ms read 1 of key 1 and not what c1's transaction at 0 ms \
                    appended after it";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("[1]", "[1,2]"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("c1 ", "c1? "))), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &registers("c1 w1=1 w1=2\nc2 r1=1")), Ruling::Violated);
        assert_eq!(undecided(&ENTRY, &lists("c1 a1=1 r1=[1] a1=2")), ANOMALY.nothing);
    }

    #[test]
    fn the_middle_of_a_list_is_no_version() {
        let words = "c1 a1=1 a1=2\nc3 a1=3\nc2 r1=[1,3,2]";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Held);
    }
}
