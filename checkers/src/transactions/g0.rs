//! G0, dirty writes: transactions' writes are interleaved.
//!
//! # Definition
//! There is no cycle of transactions each of which wrote the version right after one of the version
//! of the one before (Adya 1999: proscribed at level PL-1). In lists every append makes a version,
//! those that a transaction appends to again included: an append of another between two of one
//! transaction is a cycle. A transaction whose answer is unknown counts if somebody read what it
//! wrote. [Lists](super::orders) and [registers](super::registers) tell in which order versions
//! came; a key of which that is contradictory tells none.
//! # Cost
//! O(n log n) where there is no cycle.
//! # Witness
//! The transactions of a short cycle, and the reads that show the order of the versions.

use crate::transactions::graph::WW;
use crate::transactions::txns::WORKLOADS;
use crate::transactions::verdict::{Anomaly, Find};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "g0",
    number: "TX1",
    statement: "no cycle of transactions each of which overwrites what the one before wrote",
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
pub const FIND: Find = |view| Some(view.cycle(view.judged.cycles().g0.as_ref()?));

const ANOMALY: Anomaly = Anomaly {
    finds: &[FIND],
    exposed: |judged| judged.graph.sources(WW),
    nothing: "no two transactions are known to have written one key in an order",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn interleaved_writes_are_told() {
        let words = "c1 a1=1 a2=2\nc2 a1=3 a2=4\nc3 r1=[1,3] r2=[4,2]";
        let told = "T1 (c1 at 0 ms) -ww-> T2 (c2 at 2 ms) -ww-> T1: T2 appended 3 to key 1 after \
                    T1's 1; T1 appended 2 to key 2 after T2's 4";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("[4,2]", "[2,4]"))), Ruling::Held);
        let between = "c1 a1=1 a1=2\nc2 a1=3\nc3 r1=[1,3,2]";
        assert_eq!(ruling(&ENTRY, &lists(between)), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &lists(&between.replace("3,2", "2,3"))), Ruling::Held);
    }

    #[test]
    fn what_nobody_has_read_comes_last() {
        let words = "c1 a1=1 a2=2\nc2 a1=3 a2=4\nc3 r1=[1] r2=[4]";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Violated);
        let unknown = words.replace("c1 ", "c1? ");
        assert_eq!(ruling(&ENTRY, &lists(&unknown)), Ruling::Violated, "somebody has read 1");
        let unread = unknown.replace("r1=[1]", "r1=-");
        assert_eq!(ruling(&ENTRY, &lists(&unread)), Ruling::Undecided);
        let failed = words.replace("c1 ", "c1! ");
        assert_eq!(ruling(&ENTRY, &lists(&failed)), Ruling::Undecided);
    }

    #[test]
    fn of_registers_those_who_read_before_they_wrote_tell() {
        let words = "c1 w1=1 r2=3 w2=4\nc2 r1=1 w1=2 w2=3";
        let told = "T1 (c1 at 0 ms) -ww-> T2 (c2 at 2 ms) -ww-> T1: \
                    T2 read T1's 1 of key 1 and wrote 2; T1 read T2's 3 of key 2 and wrote 4";
        assert_eq!(because(&ENTRY, &registers(words)), told);
        let blind = "c1 w1=1 w2=4\nc2 w1=2 w2=3\nc3 r1=1 r2=3";
        assert_eq!(undecided(&ENTRY, &registers(blind)), ANOMALY.nothing);
    }
}
