//! G1c, circular information flow: two transactions read what the other wrote.
//!
//! # Definition
//! There is no cycle of transactions each of which read what the one before installed, or wrote the
//! version after it, with at least one read among them (Adya 1999: proscribed at level PL-2). With
//! none it is [G0](super::g0), and told there alone.
//! # Cost
//! O(n log n) where there is no cycle.
//! # Witness
//! The transactions of a short cycle, and the reads that show the order of the versions.

use crate::transactions::graph::WR;
use crate::transactions::txns::WORKLOADS;
use crate::transactions::verdict::{Anomaly, Find};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "g1c",
    number: "TX4",
    statement: "no cycle of transactions each of which reads or overwrites what the last wrote",
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
pub const FIND: Find = |view| Some(view.cycle(view.judged.cycles().g1c.as_ref()?));

const ANOMALY: Anomaly = Anomaly {
    finds: &[FIND],
    exposed: |judged| judged.graph.sources(WR),
    nothing: "no transaction read what another wrote",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn who_reads_from_each_other_is_told() {
        let words = "c1 a1=1 r2=[2]\nc2 a2=2 r1=[1]";
        let told = "T1 (c1 at 0 ms) -wr-> T2 (c2 at 2 ms) -wr-> T1: T2 read 1 of key 1, which T1 \
                    appended; T1 read 2 of key 2, which T2 appended";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("[1]", "-"))), Ruling::Held);
        let words = words.replace(['[', ']'], "").replace('a', "w");
        assert_eq!(ruling(&ENTRY, &registers(&words)), Ruling::Violated);
        assert_eq!(undecided(&ENTRY, &lists("c1 a1=1 r1=[1]")), ANOMALY.nothing);
    }

    #[test]
    fn writes_alone_are_another_matter() {
        let words = "c1 a1=1 a2=2\nc2 a1=3 a2=4\nc3 r1=[1,3] r2=[4,2]";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Held);
        let words = "c1 a1=1 r2=[4]\nc2 a1=3 a2=4\nc3 r1=[1,3]";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Violated);
    }

    #[test]
    fn a_version_that_is_not_installed_leads_nowhere() {
        let words = "c1 a1=1 a1=3 r2=[2]\nc2 a2=2 r1=[1]";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Held);
    }
}
