//! Agreement: what one correct node delivers, every correct node delivers.
//!
//! # Definition
//! If a correct node delivers `m`, then every correct node that `m` is for delivers `m` in the end
//! (Hadzilacos & Toueg: *Agreement*). Where a restart forgets, an incarnation that crashed obliges
//! nobody (that would be the uniform form), any incarnation of a node discharges the node, and a
//! node whose last life starts late does not owe what was broadcast before.
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
    property: "agreement",
    number: "RB4",
    statement: "what a correct node delivers, every correct node of its group delivers in the end",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Liveness,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    owed::agreement(case, Bound::Surviving, "no correct node delivered anything")
}
