//! Causal order: a message is delivered only after the messages that it may depend on.
//!
//! # Definition
//! If the broadcast of `m` happened before the broadcast of `m'`, then no correct node that both are
//! for delivers `m'` unless it delivered `m` before (Hadzilacos & Toueg: *Causal Order*). This is
//! the form that also forbids gaps. *Happened before* is made of three things: an incarnation's own
//! broadcasts, in order; what a life delivered before it broadcast; and that a message is broadcast
//! before it is delivered. Scope: inside one group; a path through another group, a client or a
//! Byzantine node does not count. Correct receivers are bound; paths lead through faulty ones too.
//! What a node did before a restart that forgot causes nothing after it. A receiver that starts
//! late may do without what was broadcast before, but what it delivers of it comes in order too.
//! # Cost
//! O(events) if all deliveries follow one sequence; else O(events · senders), with a vector of
//! senders for each message.
//! # Witness
//! Both broadcasts, the shortest chain of deliveries and broadcasts between them, the delivery of
//! the second message; and the late delivery of the first, if any.

use crate::causes::Causes;
use crate::clocks;
use crate::scene::{Bound, Scene};
use crate::streams::{Streams, is_affordable};
use pepperland_core::checker::{Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "causal",
    number: "OR3-gap",
    statement: "if m was broadcast before m', no correct node delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    cost: "O(events), or O(events · senders)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let streams = Streams::of(&scene);
    let bound = scene.bound(Bound::Correct);
    let quick = clocks::along_one_sequence(&scene, &streams, &bound)
        .or_else(|| clocks::in_file_order(&scene, &streams, &bound));
    if let Some(tally) = quick {
        return tally.held("no correct node delivered a message that depends on another");
    }
    let rows = scene.table.len() + 3 * scene.lives.len() * scene.group_count();
    if !is_affordable(rows, streams.len()) {
        return Verdict::undecided(
            "too many messages and senders to keep a vector for each message",
        );
    }
    match Causes::of(&scene, &streams) {
        Some(causes) => causes.judge(&bound),
        None => Verdict::undecided("causes go in circles: some deliveries precede their broadcast"),
    }
}
