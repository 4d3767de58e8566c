//! Strict serializability: as if one after another, in an order that real time allows.
//!
//! # Definition
//! Transactions are [serializable](super::serializability) in an order in which none stands before
//! one that had ended when it began, nor before an earlier one of the same client (Papadimitriou
//! 1979; Herlihy & Wing 1990). On a real clock, one had ended if its answer is older than the
//! other's request by more than the clock's error. A transaction whose answer is unknown never
//! ends. Of registers, real time tells [more of the versions](super::recency), once: not what
//! follows from that in turn.
//! # Cost
//! O(n log n) where there is no cycle.
//! # Witness
//! As of serializability; or the transactions of a short cycle.

use crate::transactions::cycles::in_time;
use crate::transactions::graph::Graph;
use crate::transactions::realtime::add_time;
use crate::transactions::recency::add_recency;
use crate::transactions::serializability::{self, exposed};
use crate::transactions::txns::{Model, WORKLOADS};
use crate::transactions::verdict::{Anomaly, Find};
use pepperland_core::checker::Case;
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Ruling, Verdict};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "strict-serializability",
    number: "TX12",
    statement: "transactions have the effect of one after another, in real time's order",
    source: "Papadimitriou 1979; Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n) without cycles",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check,
};

const ANOMALY: Anomaly =
    Anomaly { finds: &[LATE], exposed, nothing: "no committed transaction read" };

fn check(case: &Case<'_>) -> Verdict {
    let untimed = (serializability::ENTRY.check)(case);
    if untimed.ruling() == Ruling::Held { ANOMALY.judge(case) } else { untimed }
}

/// A cycle with a step of time.
const LATE: Find = |view| {
    let mut edges = view.judged.graph.edges();
    let txns = &view.judged.txns;
    add_time(txns, &mut edges);
    if txns.model == Model::Registers {
        add_recency(txns, &mut edges);
    }
    Some(view.cycle(&in_time(&Graph::of(edges))?))
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transactions::pictures::{lists, registers};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_stale_read_is_told() {
        let words = "c1 a1=1\nc2 r1=-";
        let told = "T1 (c1 at 0 ms) -rt-> T2 (c2 at 2 ms) -rw-> T1: T1 had ended before T2 began; \
                    T2 read key 1 without 1, which T1 appended";
        assert_eq!(because(&ENTRY, &lists(words)), told);
        assert_eq!(ruling(&serializability::ENTRY, &lists(words)), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("c2", "@1-3 c2"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("c1", "c1?"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &registers(&words.replace('a', "w"))), Ruling::Violated);
        assert_eq!(undecided(&ENTRY, &lists("c1 a1=1")), ANOMALY.nothing);
    }

    #[test]
    fn an_old_version_of_a_register_is_stale() {
        let words = "c1 w1=1\nc2 w1=2\nc3 r1=1";
        let told = because(&ENTRY, &registers(words));
        let end = "T1's 1 was read of key 1 after T2 had written it";
        assert!(told.ends_with(end), "{told}");
        assert_eq!(ruling(&serializability::ENTRY, &registers(words)), Ruling::Held);
        for overlaps in ["@0-3 c1", "@3-5 c2"] {
            let client = &overlaps[overlaps.len() - 2..];
            let words = words.replace(client, overlaps);
            assert_eq!(ruling(&ENTRY, &registers(&words)), Ruling::Held, "{words}");
        }
        let both = "@0-3 c1 w1=1\n@0-3 c2 w1=2\n@4-5 c3 r1=1\n@4-5 c4 r1=2";
        let told = "T1 (c1 at 0 ms) -ww-> T2 (c2 at 0 ms) -ww-> T1: T2's 2 was read of key 1 after \
                    T1 had written it; T1's 1 was read of key 1 after T2 had written it";
        assert_eq!(because(&ENTRY, &registers(both)), told);
    }

    #[test]
    fn a_client_s_own_order_counts_even_at_one_instant() {
        let words = "@1-1 c1 a1=1\n@1-1 c1 r1=-";
        assert_eq!(ruling(&ENTRY, &lists(words)), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &lists(&words.replace("c1 r", "c2 r"))), Ruling::Held);
    }

    #[test]
    fn many_are_compared_through_those_that_had_ended() {
        let early = (0..20).map(|i| format!("c{i} a2={i}\n")).collect::<String>();
        let words = format!("c98 a1=1\n{early}c99 r1=-");
        let told = because(&ENTRY, &lists(&words));
        assert!(told.starts_with("T1 (c98 at 0 ms) -rt-> T2 (c99 at 42 ms) -rw-> T1"), "{told}");
    }

    #[test]
    fn what_breaks_without_time_breaks_with_it() {
        let told = because(&ENTRY, &lists("@0-9 c1 r1=- a2=1\n@0-9 c2 r2=- a1=2"));
        assert!(told.contains("-rw-> T1"), "{told}");
    }
}
