//! Total order: correct nodes deliver the messages they share in one order.
//!
//! # Definition
//! If correct `p` and `q` both deliver `m` and `m'`, then `p` delivers `m` before `m'` if and only if
//! `q` does (Hadzilacos & Toueg: *Total Order*). This is the pairwise form, over all messages
//! whatever their group: it allows the cycle a < b < c < a where no two nodes share two of them.
//! Where a restart forgets, it binds the last life of a correct node: an incarnation that crashed
//! is as free as any faulty node.
//! # Cost
//! O(events) if one order fits all; else O(events + nodes² · messages on or behind a cycle).
//! # Witness
//! Four deliveries: two nodes, two messages.

use crate::order;
use crate::scene::Bound;
use pepperland_core::checker::{Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "total-order",
    number: "OR4",
    statement: "if correct p and q both deliver m and m', they deliver them in the same order",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    cost: "O(events), or O(events + nodes² · messages behind a cycle)",
    needs: &[Kind::Deliver],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    order::judge(case, Bound::Surviving)
}
