//! Sequential consistency: the answers are those of one object that serves one client after the
//! other, each in its own order.
//!
//! # Definition
//! As linearizability, but an order need keep only each client's own (Lamport 1979). A client is a
//! name; after an operation without an answer the name is a new client.
//! # Cost
//! That of linearizability, which implies it; then O(n log n) for one register to which no value is
//! written twice. To judge several registers together is NP-complete even then (Gibbons & Korach
//! 1997): if each of them is in order by itself, a search, undecided when it gives up.
//! # Witness
//! The fewest operations found that cannot be put in order, without the answers that do not matter.

use crate::linearizability::models::WORKLOADS;
use crate::linearizability::verdict::sequential;
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "sequential-consistency",
    number: "RP10",
    statement: "some order of all operations keeps each client's own and explains every answer",
    source: "Lamport 1979",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n) for one register with unique values; else a bounded search",
    needs: &[Kind::Invoke],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check: sequential,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::linearizability::linearizability;
    use crate::linearizability::pictures::picture;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_stale_read_is_no_breach_but_going_back_is() {
        let stale = picture("register", "c1: (w1 )\nc2:       (r )-");
        assert_eq!(ruling(&linearizability::ENTRY, &stale), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &stale), Ruling::Held);
        let back = picture("register", "c1: (w1 )\nc2:       (r )1 (r )-");
        let told = "no order of the clients' own explains that c1 wrote 1 (unanswered), \
                    c2 read 1 and c2 read nothing";
        assert_eq!(because(&ENTRY, &back), told);
    }

    #[test]
    fn registers_that_are_in_order_each_need_not_be_together() {
        let lanes = "c1: (w1@a ) (r@b )-\nc2: (w1@b ) (r@a )-";
        let told = "no order of the clients' own explains that c1 wrote 1 of key \"a\", \
                    c2 wrote 1 of key \"b\", c1 read nothing of key \"b\" \
                    and c2 read nothing of key \"a\"";
        assert_eq!(because(&ENTRY, &picture("lin-kv", lanes)), told);
    }

    #[test]
    fn nothing_told_is_nothing_decided() {
        let history = picture("register", "c1: (w1 )");
        assert_eq!(undecided(&ENTRY, &history), "no answer tells anything of the state");
    }
}
