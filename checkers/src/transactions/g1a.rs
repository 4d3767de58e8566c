//! G1a, aborted reads: a transaction reads what another wrote that failed.
//!
//! # Definition
//! What a committed transaction reads was written by transactions that did not fail (Adya 1999:
//! proscribed at level PL-2); in a list that goes for each element. Nor does anybody read what no
//! transaction wrote: of that no level speaks, for their definitions presuppose it. Transactions of
//! which nobody knows whether they failed may be read from.
//! # Cost
//! O(n log n) in operations and in what is read.
//! # Witness
//! Who read it, and who wrote it and failed.

use crate::linearizability::values::Datum;
use crate::transactions::judged::{Judged, View};
use crate::transactions::txns::{Fate, Model, WORKLOADS};
use crate::transactions::verdict::{Anomaly, Find, Found};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "g1a",
    number: "TX2",
    statement: "committed transactions read only what was written, and not by one that failed",
    source: "Adya 1999; Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check: |case| ANOMALY.judge(case),
};

/// A read of what was written by a transaction that failed.
pub const ABORTED: Find = |view| {
    let failed = |key, value| {
        let writer = view.judged.txns.writer(key, value)?.txn;
        (view.judged.txns.fate(writer) == Fate::Failed).then_some(writer)
    };
    strange(view).find_map(|(reader, key, value)| {
        let writer = failed(key, value)?;
        let [who, whose] = [reader, writer].map(|txn| view.who(txn));
        let (key, value, wrote) = (view.names.key(key), view.names.value(value), view.wrote());
        Some(Found {
            txns: vec![reader, writer],
            clauses: vec![
                (format!("{whose} {wrote} {value} to {key} and failed"), vec![writer]),
                (format!("{who} read {value} of {key}"), vec![reader]),
            ],
            must: format!("{whose} did not fail"),
            because: format!("{who} read {value} of {key}, which {whose} {wrote}, and that failed"),
        })
    })
};

/// A read of what nobody wrote.
pub const UNWRITTEN: Find = |view| {
    let is_unwritten = |key, value| view.judged.txns.writer(key, value).is_none();
    let (reader, key, value) = strange(view).find(|(_, key, value)| is_unwritten(*key, *value))?;
    let (who, wrote) = (view.who(reader), view.wrote());
    let (key, value) = (view.names.key(key), view.names.value(value));
    Some(Found {
        txns: vec![reader],
        clauses: vec![(format!("{who} read {value} of {key}"), vec![reader])],
        must: format!("some transaction {wrote} {value} to {key}"),
        because: format!("{who} read {value} of {key}, which nobody {wrote}"),
    })
};

const ANOMALY: Anomaly =
    Anomaly { finds: &[ABORTED, UNWRITTEN], exposed, nothing: "nobody read what another wrote" };

/// Those who read something of a key that they had not written.
pub fn exposed(judged: &Judged) -> Vec<u32> {
    let txns = &judged.txns;
    let reads = |txn| txns.foreign_reads(txn).filter(|(_, seen)| !seen.is_empty());
    txns.committed().flat_map(|txn| reads(txn).map(move |_| txn)).collect()
}

/// What was read and is not known to be written by a transaction that did not fail: who read it,
/// the key and the value.
fn strange<'v>(view: &View<'v>) -> impl Iterator<Item = (u32, u32, Datum)> + use<'v> {
    let (txns, orders) = (&view.judged.txns, &view.judged.orders);
    let is_plain = |key: u32, seen: &[Datum]| {
        let Some(order) = orders.keys.get(key as usize) else { return false };
        order.is_traced && order.elements.starts_with(seen)
    };
    let reads = txns.committed().flat_map(|txn| txns.reads(txn).map(move |read| (txn, read)));
    let reads = reads
        .filter(move |(_, (key, seen))| txns.model == Model::Registers || !is_plain(*key, seen));
    let values = reads.flat_map(|(txn, (key, seen))| seen.iter().map(move |v| (txn, key, *v)));
    values.filter(|(_, key, value)| txns.living_writer(*key, *value).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_read_of_what_failed_is_told() {
        let words = "c1! a1=1\nc2 a1=2\nc3 r1=[1,2]";
        let told = "c3's transaction at 4 ms read 1 of key 1, which c1's transaction at 0 ms \
                    appended, and that failed";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace('!', "?"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("[1,2]", "[2]"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &registers("c1! w1=1\nc3 r1=1")), Ruling::Violated);
        assert_eq!(undecided(&ENTRY, &lists("c1! a1=1\nc3 r1=-")), ANOMALY.nothing);
    }

    #[test]
    fn what_failed_is_told_before_what_nobody_wrote() {
        let told = "c1's transaction at 0 ms read 7 of key 1, which nobody wrote";
        assert_eq!(because(&ENTRY, &registers("c1 r1=7")), told);
        let both = because(&ENTRY, &lists("c1 r1=[7]\nc2! a2=1\nc3 r2=[1]"));
        assert!(both.ends_with("and that failed"), "{both}");
    }
}
