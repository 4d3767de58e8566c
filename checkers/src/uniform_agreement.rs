//! Uniform agreement: what any node delivers, even one that then crashes, every correct node
//! delivers.
//!
//! # Definition
//! If a node delivers `m`, then every correct node that `m` is for delivers `m` in the end
//! (Hadzilacos & Toueg: *Uniform Agreement*). Deliveries at Byzantine nodes oblige nobody; those of
//! every incarnation of the others do. Any incarnation of a node discharges the node, and a node
//! whose last life starts late does not owe what was broadcast before.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! The broadcast and one delivery; that the other never came cannot be shown by an event.

use crate::owed;
use crate::scene::Bound;
use pepperland_core::checker::{Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "uniform-agreement",
    number: "RB5",
    statement: "what any node delivers, every correct node of its group delivers in the end",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Liveness,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    owed::agreement(case, Bound::Honest, "nobody delivered anything")
}
