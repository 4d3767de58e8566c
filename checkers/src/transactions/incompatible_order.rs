//! Incompatible orders: lists show one key's elements in different orders.
//!
//! # Definition
//! Of any two lists that committed transactions read of a key, one is a prefix of the other
//! (Kingsbury & Alvaro 2020); a list that shows an element twice is [another
//! matter](super::duplicate_elements), and what the reader had appended itself by then does not
//! count. And what a transaction appended stands in the lists in the
//! order in which it appended it, without a gap. A key of which this is broken in the first manner
//! tells no order of versions, and so nothing of [cycles](super::cycles) but who read from whom.
//! # Cost
//! O(n log n) in operations and in what is read.
//! # Witness
//! Two who read the key; or one, and who appended in another order.

use crate::linearizability::values::Datum;
use crate::transactions::judged::{Judged, View};
use crate::transactions::orders::lists_of_others;
use crate::transactions::txns::LISTS;
use crate::transactions::verdict::{Anomaly, Find, Found};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "incompatible-order",
    number: "TX9",
    statement: "all lists that are read of a key show one order",
    source: "Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(LISTS)],
    check: |case| ANOMALY.judge(case),
};

/// Two lists of which neither is a prefix of the other.
pub const DIFFERENT: Find = |view| {
    let orders = view.judged.orders.keys.iter().enumerate();
    let pairs = orders.filter_map(|(key, order)| Some((key as u32, [order.reader?, order.other?])));
    let (key, readers) = pairs.min_by_key(|(_, readers)| readers.iter().max().copied())?;
    let longest = &view.judged.orders.keys[key as usize].elements;
    let mut lists = lists_of_others(&view.judged.txns, readers[1]);
    let (_, other) = lists.find(|(k, list)| *k == key && !longest.starts_with(list))?;
    let told = [
        (read(view, key, readers[0], longest), vec![readers[0]]),
        (read(view, key, readers[1], other), vec![readers[1]]),
    ];
    Some(Found {
        txns: readers.to_vec(),
        because: format!("{}, and {}", told[0].0, told[1].0),
        clauses: told.to_vec(),
        must: "one list is a prefix of the other".to_owned(),
    })
};

/// A list that shows what a transaction appended in another order.
pub const DISORDERED: Find = |view| {
    let found = view.judged.orders.disorder(&view.judged.txns)?;
    let (whose, key) = (view.who(found.writer), view.names.key(found.key));
    let [shown, missed] = [found.shown, found.missed].map(|value| view.names.value(value));
    let list = &view.judged.orders.keys[found.key as usize].elements;
    let read = read(view, found.key, found.reader, list);
    let appended = format!("{whose} appended {missed} before {shown}");
    Some(Found {
        txns: vec![found.reader, found.writer],
        because: format!("{read}, but {appended}"),
        clauses: vec![(read, vec![found.reader]), (appended, vec![found.writer])],
        must: format!("{missed} stands before {shown} under {key}"),
    })
};

/// "c1's transaction at 3 ms read [1 2] of key 1".
fn read(view: &View<'_>, key: u32, reader: u32, list: &[Datum]) -> String {
    format!("{} read {} of {}", view.who(reader), view.list(list), view.names.key(key))
}

const ANOMALY: Anomaly = Anomaly {
    finds: &[DIFFERENT, DISORDERED],
    exposed,
    nothing: "of no key two lists were read that are not empty",
};

/// Those who read a list that is not empty, but the first of each key.
fn exposed(judged: &Judged) -> Vec<u32> {
    let mut met = vec![false; judged.txns.keys];
    let txns = judged.txns.committed();
    let reads =
        txns.flat_map(|txn| lists_of_others(&judged.txns, txn).map(move |read| (txn, read)));
    let some = reads.filter(|(_, (_, list))| !list.is_empty());
    some.filter(|(_, (key, _))| std::mem::replace(&mut met[*key as usize], true))
        .map(|(txn, _)| txn)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::lists;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn lists_of_which_neither_is_a_prefix_are_told() {
        let words = "c1 a1=1\nc2 a1=2\nc3 r1=[1]\nc4 r1=[2,1]";
        let told = "c4's transaction at 6 ms read [2 1] of key 1, and c3's transaction at 4 ms \
                    read [1] of key 1";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("[2,1]", "[1,2]"))), Ruling::Held);
        let one = "c1 a1=1\nc3 r1=[1]\nc4 r1=-";
        assert_eq!(undecided(&ENTRY, &lists(one)), ANOMALY.nothing);
        let same = lists("c1 r1=[1] r1=[2]");
        assert_eq!(ruling(&ENTRY, &same), Ruling::Violated);
    }

    #[test]
    fn a_transaction_s_own_order_is_kept() {
        let words = "c1 a1=1 a1=2\nc2 r1=[2,1]\nc3 r1=[2,1]";
        let told = "c2's transaction at 2 ms read [2 1] of key 1, but c1's transaction at 0 ms \
                    appended 1 before 2";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("2,1", "1,2"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("2,1", "1"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("2,1", "2"))), Ruling::Violated);
    }

    #[test]
    fn a_key_without_an_order_tells_nothing_of_writes() {
        let words = "c1 a1=1 a2=2\nc2 a1=3 a2=4\nc3 r1=[1,3] r2=[4,2]\nc4 r1=[3]";
        let g0 = &crate::transactions::g0::ENTRY;
        assert_eq!(ruling(g0, &lists(words)), Ruling::Held);
        assert_eq!(ruling(g0, &lists(&words.replace("[3]", "[1]"))), Ruling::Violated);
    }
}
