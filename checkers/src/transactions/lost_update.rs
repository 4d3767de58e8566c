//! Lost update: two transactions read one version and both replace it.
//!
//! # Definition
//! No two committed transactions that write a key have read the same version of it first (Adya 1999
//! shows it as a history; it is P4 of Berenson et al. 1995). Which of the writes came first does
//! not matter, and so need not be known: where it is, this is a [cycle](super::g_single) as well.
//! # Cost
//! O(n) in operations and in what is read.
//! # Witness
//! The two.

use crate::linearizability::values::Datum;
use crate::transactions::judged::Judged;
use crate::transactions::txns::{Deed, Txns, WORKLOADS};
use crate::transactions::verdict::{Anomaly, Find, Found};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "lost-update",
    number: "TX7",
    statement: "no two transactions read the same version of a key and both write it",
    source: "Adya 1999; Berenson et al. 1995",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check: |case| ANOMALY.judge(case),
};

/// Two who read one version and replaced it.
pub const FIND: Find = |view| {
    let txns = &view.judged.txns;
    let mut met: Map<(u32, &[Datum]), u32> = Map::default();
    for txn in txns.committed() {
        for (key, seen) in replaced(txns, txn) {
            let Some(first) = met.insert((key, seen), txn) else { continue };
            let [one, other] = [first, txn].map(|txn| view.who(txn));
            let (key, seen) = (view.names.key(key), view.list(seen));
            let did = |who| format!("{who} read {seen} of {key} and then {} to it", view.wrote());
            return Some(Found {
                txns: vec![first, txn],
                clauses: vec![(did(&one), vec![first]), (did(&other), vec![txn])],
                must: "one of them read what the other had written".to_owned(),
                because: format!(
                    "both {one} and {other} read {seen} of {key} and then {} to it",
                    view.wrote()
                ),
            });
        }
    }
    None
};

const ANOMALY: Anomaly =
    Anomaly { finds: &[FIND], exposed, nothing: "nobody read a key and then wrote it" };

/// Those who read a key and then wrote it.
fn exposed(judged: &Judged) -> Vec<u32> {
    let txns = &judged.txns;
    txns.committed().flat_map(|txn| replaced(txns, txn).into_iter().map(move |_| txn)).collect()
}

/// The versions that a transaction read first of the keys that it then wrote.
fn replaced(txns: &Txns, txn: u32) -> Vec<(u32, &[Datum])> {
    let mut read: Vec<(u32, &[Datum])> = Vec::new();
    for (key, seen) in txns.foreign_reads(txn) {
        if read.iter().all(|(k, _)| *k != key) {
            read.push((key, seen));
        }
    }
    let writes = |key| {
        let mut ops = txns.ops(txn).iter();
        ops.any(|op| op.key == key && matches!(op.deed, Deed::Write { .. }))
    };
    read.retain(|(key, _)| writes(*key));
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn two_who_replaced_one_version_are_told() {
        let words = "c1 r1=- a1=1\nc2 r1=- a1=2";
        let told = "both c1's transaction at 0 ms and c2's transaction at 2 ms read nothing of \
                    key 1 and then appended to it";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("c2 r1=-", "c2 r1=[1]"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &registers(&words.replace('a', "w"))), Ruling::Violated);
        for fate in ["c2!", "c2?"] {
            assert_eq!(ruling(&ENTRY, &lists(&words.replace("c2", fate))), Ruling::Held);
        }
    }

    #[test]
    fn who_wrote_before_it_read_has_replaced_nothing() {
        let words = "c1 a1=1 r1=[1]\nc2 a1=2 r1=[2]";
        assert_eq!(undecided(&ENTRY, &lists(words)), ANOMALY.nothing);
    }
}
