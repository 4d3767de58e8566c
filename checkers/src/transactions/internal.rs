//! Internal consistency: a transaction reads what it has read and written itself.
//!
//! # Definition
//! In a committed transaction, a read of a key gives what the last read or write of the key in the
//! same transaction leaves there: of a list, what was read and then appended; if nothing was read,
//! a list that ends with what was appended. And no read shows what the transaction writes only
//! later. (Kingsbury & Alvaro 2020; Cerone, Bernardi & Gotsman 2015 call it INT.) Others' effects
//! between two reads are a breach as well, as they are at repeatable read.
//! # Cost
//! O(n) in operations and in what is read.
//! # Witness
//! The transaction.

use crate::linearizability::values::Datum;
use crate::transactions::judged::{Judged, View};
use crate::transactions::txns::{Deed, Model, Op, WORKLOADS};
use crate::transactions::verdict::{Anomaly, Find, Found};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "internal",
    number: "TX8",
    statement: "a transaction reads what it has read and written itself",
    source: "Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check: |case| ANOMALY.judge(case),
};

/// A transaction that contradicts itself.
pub const FIND: Find = |view| {
    view.judged.txns.committed().find_map(|txn| {
        let (key, seen, held) = contradiction(view, txn)?;
        let (who, place, list) = (view.who(txn), view.names.key(key), view.list(seen));
        let must = held.in_words(view);
        Some(Found {
            txns: vec![txn],
            clauses: vec![(format!("{who} read {list} of {place}"), vec![txn])],
            because: format!("{who} read {list} of {place} where it had to find {must}"),
            must: format!("it read {must}"),
        })
    })
};

const ANOMALY: Anomaly =
    Anomaly { finds: &[FIND], exposed, nothing: "nobody read a key twice or after writing it" };

/// Those who read a key again, or after they wrote it: once for each such read.
fn exposed(judged: &Judged) -> Vec<u32> {
    let again = |txn: u32| {
        let mut met = BTreeSet::new();
        let ops = judged.txns.ops(txn).iter();
        ops.filter(|op| !met.insert(op.key) && matches!(op.deed, Deed::Read { .. })).count()
    };
    judged.txns.committed().flat_map(|txn| std::iter::repeat_n(txn, again(txn))).collect()
}

/// What a transaction knows of a key.
#[derive(Default)]
struct Held<'t> {
    /// What was there, if it knows.
    base: Option<&'t [Datum]>,
    /// What it has appended since.
    appended: Vec<Datum>,
    /// What it writes later.
    later: Vec<Datum>,
}

impl<'t> Held<'t> {
    fn allows(&self, seen: &[Datum]) -> bool {
        let Some(rest) = seen.strip_suffix(&self.appended[..]) else { return false };
        let foresees = self.later.iter().any(|value| seen.contains(value));
        !foresees && self.base.is_none_or(|base| base == rest)
    }

    fn write(&mut self, value: Datum, model: Model) {
        if model == Model::Registers {
            self.read(&[]);
        }
        self.appended.push(value);
        self.later.retain(|later| *later != value);
    }

    fn read(&mut self, seen: &'t [Datum]) {
        (self.base, self.appended) = (Some(seen), Vec::new());
    }

    fn in_words(&self, view: &View<'_>) -> String {
        match self.base {
            Some(base) => view.list(&[base, &self.appended].concat()),
            None if self.appended.is_empty() => "nothing that it wrote only later".to_owned(),
            None => format!("a list that ends with {}", view.list(&self.appended)),
        }
    }
}

/// The first read that contradicts what came before it: the key, what was read, and what was known.
fn contradiction<'v>(view: &View<'v>, txn: u32) -> Option<(u32, &'v [Datum], Held<'v>)> {
    let txns = &view.judged.txns;
    let mut keys: BTreeMap<u32, Held<'v>> = BTreeMap::new();
    for (key, value, _) in txns.writes(txn) {
        keys.entry(key).or_default().later.push(value);
    }
    for Op { key, deed } in txns.ops(txn) {
        let held = keys.entry(*key).or_default();
        match deed {
            Deed::Write { value, .. } => held.write(*value, txns.model),
            Deed::Read { seen, .. } => {
                let seen = txns.seen((*seen)?);
                if !held.allows(seen) {
                    return keys.remove(key).map(|held| (*key, seen, held));
                }
                held.read(seen);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    fn told(words: &str) -> String {
        let told = because(&ENTRY, &lists(words));
        told.trim_start_matches("c1's transaction at 0 ms read ").to_owned()
    }

    #[test]
    fn a_transaction_sees_its_own_writes() {
        assert_eq!(told("c1 r1=[1] a1=2 r1=[1]"), "[1] of key 1 where it had to find [1 2]");
        assert_eq!(told("c1 r1=[1] r1=[1,2]"), "[1 2] of key 1 where it had to find [1]");
        let end = "[1 3] of key 1 where it had to find a list that ends with [1]";
        assert_eq!(told("c1 a1=1 r1=[1,3]"), end);
        let early = "[1] of key 1 where it had to find nothing that it wrote only later";
        assert_eq!(told("c1 r1=[1] a1=1"), early);
        let held = "c1 a1=2 r1=[1,2] a1=3 r1=[1,2,3] r1=[1,2,3]";
        assert_eq!(ruling(&ENTRY, &lists(held)), Ruling::Held);
    }

    #[test]
    fn so_it_does_of_registers() {
        for (words, ruled) in [
            ("c1 w1=1 r1=1 w1=2 r1=2", Ruling::Held),
            ("c1 w1=1 r1=-", Ruling::Violated),
            ("c1 r1=3 r1=4", Ruling::Violated),
            ("c1 r1=3 r1=3", Ruling::Held),
            ("c1 r1=3 w1=3", Ruling::Violated),
        ] {
            assert_eq!(ruling(&ENTRY, &registers(words)), ruled, "{words}");
        }
        assert_eq!(undecided(&ENTRY, &registers("c1 r1=3 w1=4")), ANOMALY.nothing);
    }
}
