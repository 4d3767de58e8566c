//! G2, write skew: transactions that do not see each other's effects.
//!
//! # Definition
//! Whoever read a version that another overwrote is on no cycle of dependencies by that, unless it
//! is on one of which that is the only such step: those are [g-single](super::g_single)'s, and so
//! this is Adya's G2 (1999) less what g-single tells. No reads of predicates are known, so that it
//! is his G2-item. Snapshot isolation allows it; serializability forbids it.
//! # Cost
//! O(n log n) where there is no cycle; else O(edges · overwritten reads / 128) at most.
//! # Witness
//! The transactions of a short cycle, and the reads that show the order of the versions.

use crate::transactions::graph::RW;
use crate::transactions::txns::WORKLOADS;
use crate::transactions::verdict::{Anomaly, Find};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "g2",
    number: "TX6",
    statement: "no cycle of transactions with several that read what the next overwrote",
    source: "Adya 1999; Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n) without cycles",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check: |case| ANOMALY.judge(case),
};

/// A cycle of this kind.
pub const FIND: Find = |view| Some(view.cycle(view.judged.cycles().g2.as_ref()?));

const ANOMALY: Anomaly = Anomaly {
    finds: &[FIND],
    exposed: |judged| judged.graph.sources(RW),
    nothing: "nobody read what another overwrote",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn write_skew_is_told() {
        let words = "c1 r1=- a2=1\nc2 r2=- a1=2";
        let told = "T1 (c1 at 0 ms) -rw-> T2 (c2 at 2 ms) -rw-> T1: T1 read key 1 without 2, which \
                    T2 appended; T2 read key 2 without 1, which T1 appended";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("r2=-", "r2=[1]"))), Ruling::Held);
        let words = words.replace('a', "w");
        assert_eq!(ruling(&ENTRY, &registers(&words)), Ruling::Violated);
    }

    #[test]
    fn two_readers_may_not_see_two_writes_in_two_orders() {
        let words = "c1 a1=1\nc2 a2=2\nc3 r1=[1] r2=-\nc4 r1=- r2=[2]";
        let told = because(&ENTRY, &lists(words));
        assert!(told.contains("-wr-> T2 (c3 at 4 ms) -rw-> T3 (c2 at 2 ms) -wr-> T4"), "{told}");
        assert_eq!(undecided(&ENTRY, &lists("c1 a1=1\nc2 r1=[1]")), ANOMALY.nothing);
    }

    #[test]
    fn one_overwritten_read_is_another_matter() {
        let words = "c1 a1=1 a2=2\nc2 r1=[1] r2=-\nc3 r2=[2]";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Held);
    }
}
