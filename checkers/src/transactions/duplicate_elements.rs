//! Duplicate elements: a list shows an element twice that was appended once.
//!
//! # Definition
//! No list that a committed transaction read holds an element twice (Kingsbury & Alvaro 2020). If a
//! workload itself appends an element to a key twice, nothing can be traced, and no property of
//! transactions is decided.
//! # Cost
//! O(n log n) in operations and in what is read.
//! # Witness
//! Who read it.

use crate::transactions::txns::LISTS;
use crate::transactions::verdict::{Anomaly, Find, Found};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "duplicate-elements",
    number: "TX10",
    statement: "no list holds an element twice",
    source: "Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(LISTS)],
    check: |case| ANOMALY.judge(case),
};

/// A list that holds an element twice.
pub const FIND: Find = |view| {
    let found = view.judged.orders.duplicates.first()?;
    let (who, key) = (view.who(found.reader), view.names.key(found.key));
    let value = view.names.value(found.value);
    let because = format!("{who} read {value} twice in the list of {key}");
    Some(Found {
        txns: vec![found.reader],
        clauses: vec![(because.clone(), vec![found.reader])],
        must: format!("{value} stands there once"),
        because,
    })
};

const ANOMALY: Anomaly = Anomaly {
    finds: &[FIND],
    exposed: |judged| {
        let txns = &judged.txns;
        let long = |txn| txns.reads(txn).filter(|(_, list)| list.len() > 1);
        txns.committed().flat_map(|txn| long(txn).map(move |_| txn)).collect()
    },
    nothing: "no list of two elements was read",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::lists;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_element_that_stands_twice_is_told() {
        let words = "c1 a1=1\nc2 a1=2\nc3 r1=[1,2,1]";
        let told = "c3's transaction at 4 ms read 1 twice in the list of key 1";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("2,1", "2"))), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lists("c1 a1=1\nc3 r1=[1]")), ANOMALY.nothing);
    }

    #[test]
    fn what_is_appended_twice_cannot_be_traced() {
        let words = "c1 a1=1\nc2! a1=1\nc3 r1=[1,1]";
        let reason = "what was read cannot be traced: events 0 and 2 both write 1 to key 1";
        assert_eq!(undecided(&ENTRY, &lists(words)), reason);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("! a1", " a2"))), Ruling::Violated);
    }
}
