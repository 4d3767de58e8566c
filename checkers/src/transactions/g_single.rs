//! G-single, read skew: a transaction sees another's effect in part.
//!
//! # Definition
//! There is no cycle of transactions with exactly one step from a transaction that read a version
//! to the one that wrote the version after it, while the other steps lead to who read or overwrote
//! what the one before wrote (Adya 1999, where it is proscribed at level PL-2+; snapshot isolation
//! forbids it as well). Steps may lead over the same transactions as those of other cycles.
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
    property: "g-single",
    number: "TX5",
    statement: "no cycle of transactions with just one that read what the next overwrote",
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
pub const FIND: Find = |view| Some(view.cycle(view.judged.cycles().g_single.as_ref()?));

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
    fn half_of_an_effect_is_told() {
        let words = "c1 a1=1 a2=2\nc2 r1=[1] r2=-\nc3 r2=[2]";
        let told = "T1 (c1 at 0 ms) -wr-> T2 (c2 at 2 ms) -rw-> T1: T2 read 1 of key 1, which T1 \
                    appended; T2 read key 2 without 2, which T1 appended";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("[1]", "-"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("r2=-", "r2=[2]"))), Ruling::Undecided);
        let told = "T1 (c1 at 0 ms) -wr-> T2 (c2 at 2 ms) -rw-> T1: T2 read 1 of key 1, which T1 \
                    wrote; T2 read nothing of key 2, which is older than T1's 2";
        let words = words.replace(['[', ']'], "").replace('a', "w");
        assert_eq!(because(&ENTRY, &registers(&words)), told);
    }

    #[test]
    fn what_nobody_has_read_was_overlooked_all_the_same() {
        let words = "c1 a1=1 a2=2\nc2 r1=[1] r2=-\nc4 a2=3";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Violated);
        let unknown = words.replace("c1 ", "c1? ");
        assert_eq!(ruling(&ENTRY, &lists(&unknown)), Ruling::Violated, "somebody has read 1");
        assert_eq!(ruling(&ENTRY, &lists(&unknown.replace("[1]", "-"))), Ruling::Held);
    }

    #[test]
    fn two_overwritten_reads_are_another_matter() {
        let skew = lists("c1 r1=- a2=1\nc2 r2=- a1=2\nc3 r1=[2] r2=[1]");
        assert_eq!(ruling(&ENTRY, &skew), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lists("c1 a1=1\nc2 r1=[1]")), ANOMALY.nothing);
    }
}
