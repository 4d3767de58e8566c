//! Validity, towards oneself: a correct sender delivers what it broadcasts.
//!
//! # Definition
//! If a correct node broadcasts `m` to a group it is in, it delivers `m` itself in the end. Of the
//! three properties that are called validity in print, this is the one of Hadzilacos & Toueg (1994)
//! and of Défago, Schiper & Urbán.
//! Who is excused: a sender that crashed during the call (where deliveries are logged and returns
//! recorded: before the return; else: at any time after the call), and a recipient whose last life
//! starts late, of what was broadcast before.
//! # Cost
//! O(events + messages · nodes).
//! # Witness
//! The broadcast; that the delivery never came cannot be shown by an event.

use crate::promises::{self, To};
use pepperland_core::checker::{Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "validity-self",
    number: "RB3-self",
    statement: "what a correct node broadcasts to its own group, it delivers itself in the end",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Liveness,
    cost: "O(events)",
    needs: &[Kind::Broadcast],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    promises::judge(case, To::Sender)
}
