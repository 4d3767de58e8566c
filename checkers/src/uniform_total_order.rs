//! Uniform total order: all nodes, faulty ones too, deliver the messages they share in one order.
//!
//! # Definition
//! If `p` and `q` both deliver `m` and `m'`, then `p` delivers `m` before `m'` if and only if `q`
//! does (Défago, Schiper & Urbán: *Uniform Total Order*). It binds every incarnation of every node
//! that is not Byzantine. Like total-order it is the pairwise form, over all messages whatever
//! their group, and allows holes.
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
    property: "uniform-total-order",
    number: "OR5",
    statement: "if any p and q both deliver m and m', they deliver them in the same order",
    source: "Défago, Schiper & Urbán 2004",
    class: Class::Safety,
    cost: "O(events), or O(events + nodes² · messages behind a cycle)",
    needs: &[Kind::Deliver],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    order::judge(case, Bound::Honest)
}
