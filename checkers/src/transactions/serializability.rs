//! Serializability: committed transactions have the effect of one after another.
//!
//! # Definition
//! None of the anomalies g0, g1a, g1b, g1c, g-single, g2, lost-update, internal, incompatible-order
//! and duplicate-elements shows (Adya, Liskov & O'Neil 2000: level PL-3 of items), nor a cycle of
//! which it is open which of these it is. Of lists that is the whole of it: where none shows, there
//! is an order in which one transaction after another would read the same. Of registers it is what
//! can be known. Real time and the order of each client's own transactions play no part: they are
//! [another property](super::strict_serializability).
//! # Cost
//! O(n log n) where there is no cycle.
//! # Witness
//! That of the first anomaly that shows.

use crate::transactions::judged::Judged;
use crate::transactions::txns::WORKLOADS;
use crate::transactions::verdict::{Anomaly, Find};
use crate::transactions::{
    duplicate_elements, g_single, g0, g1a, g1b, g1c, g2, incompatible_order, internal, lost_update,
};
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "serializability",
    number: "TX11",
    statement: "committed transactions have the effect of one after another",
    source: "Adya, Liskov & O'Neil 2000; Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n) without cycles",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check: |case| ANOMALY.judge(case),
};

/// A cycle with a step that is either an overwritten read or a write after a write.
const EITHER: Find = |view| Some(view.cycle(view.judged.cycles().either.as_ref()?));

/// Whatever shows that there is no order, the gravest first. What nobody wrote comes last: it can
/// be what another's witness leaves out.
pub const FINDS: &[Find] = &[
    g1a::ABORTED,
    g1b::FIND,
    duplicate_elements::FIND,
    incompatible_order::DIFFERENT,
    incompatible_order::DISORDERED,
    internal::FIND,
    g0::FIND,
    g1c::FIND,
    lost_update::FIND,
    g_single::FIND,
    g2::FIND,
    EITHER,
    g1a::UNWRITTEN,
];

const ANOMALY: Anomaly =
    Anomaly { finds: FINDS, exposed, nothing: "no committed transaction read" };

/// Those who committed and read something, be it nothing.
pub fn exposed(judged: &Judged) -> Vec<u32> {
    let reads = |txn: &u32| judged.txns.reads(*txn).next().is_some();
    judged.txns.committed().filter(reads).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn one_after_another_holds_in_whatever_order() {
        let words = "c1 r1=[1]\nc2 a1=1 r2=-\nc3 a2=2 r1=[1]";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lists("c1 a1=1")), ANOMALY.nothing);
        assert_eq!(ruling(&ENTRY, &registers("c1 w1=1\nc2 r1=1 w1=2\nc3 r1=1")), Ruling::Held);
    }

    #[test]
    fn a_cycle_breaks_it_even_where_nobody_knows_its_kind() {
        let words = "c1 r1=- a1=1 r2=[3]\nc2 a1=2 a2=3";
        let told = "T1 (c1 at 0 ms) -rw or ww-> T2 (c2 at 2 ms) -wr-> T1: T1 read key 1 without 2, \
                    which T2 appended; T1 read 3 of key 2, which T2 appended";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        for checker in crate::transactions::ALL.iter().filter(|c| c.property.starts_with('g')) {
            assert_ne!(ruling(checker, &lists(words)), Ruling::Violated, "{}", checker.property);
        }
    }
}
