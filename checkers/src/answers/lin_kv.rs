//! Linearizability of a key-value store, under the name of Maelstrom's workload.
//!
//! # Definition
//! [`linearizability`](crate::linearizability) of the workload `lin-kv`: one register for each key,
//! read, written, compared and swapped (Herlihy & Wing 1990); of other workloads nothing is judged.
//! A `cas` that finds another value or no key fails, and does not count.
//! # Cost
//! O(n log n) if no value is written twice to a key; else a bounded search.
//! # Witness
//! The fewest operations found that cannot be put in order.

use crate::linearizability::linearizable;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "lin-kv",
    number: "MW9",
    statement: "every operation on a key takes effect at one instant between call and answer",
    source: "Herlihy & Wing 1990; Maelstrom, workload lin-kv",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n) if no value is written twice to a key; else a bounded search",
    needs: &[Kind::Invoke],
    given: &[Given::Workload(WORKLOAD)],
    check,
};

const WORKLOAD: &str = "lin-kv";

fn check(case: &Case<'_>) -> Verdict {
    match case.history.header.workload.as_deref() {
        Some(WORKLOAD) => linearizable(case),
        _ => Verdict::undecided("the workload is not lin-kv"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    const STALE: &str = "c1 write key=1 value=5 -> ok; c2 read key=1 -> ok value=null";

    #[test]
    fn keys_are_judged_one_by_one() {
        let told = "c2 read nothing of key 1 after c1's write of 5 had returned";
        assert_eq!(because(&ENTRY, &said("lin-kv", &json!({}), STALE)), told);
        let other = STALE.replace("read key=1", "read key=2");
        assert_eq!(ruling(&ENTRY, &said("lin-kv", &json!({}), &other)), Ruling::Held);
        let elsewhere = said("register", &json!({}), STALE);
        assert_eq!(undecided(&ENTRY, &elsewhere), "the workload is not lin-kv");
    }

    #[test]
    fn a_swap_that_found_something_else_did_not_happen() {
        let lines = "c1 write key=1 value=5 -> ok; \
                     c2 cas key=1 from=4 to=6 -> ok f=\"error\" code=22; \
                     c2 read key=1 -> ok value=5";
        assert_eq!(ruling(&ENTRY, &said("lin-kv", &json!({}), lines)), Ruling::Held);
    }
}
