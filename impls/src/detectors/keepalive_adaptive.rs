//! Keepalives with a time-out that grows: whoever was suspected by mistake may be silent for twice
//! as long from then on (Chandra & Toueg 1996: a detector of the class ◇P for partial synchrony).
//!
//! ```text
//! On initialization:             patience[p] := 2 for each member p other than self
//! On receive((alive, n)) from p, n greater than any before:
//!                                if p is suspected then
//!                                    trust p
//!                                    if p has not restarted then patience[p] := 2 * patience[p]
//!                                countdown[p] := patience[p]
//! ```
//!
//! The rest is that of the keepalive detector. Assumes that messages and clocks are in time in the
//! end, and not how fast that is: after some mistakes no countdown runs out for anybody who is up.
//! Nodes may restart with nothing; they err anew.
//!
//! Departs from the source: the time-out doubles, where theirs grows by one; and who was suspected
//! and comes back in another incarnation was no mistake.

use crate::changed::{HARMLESS, changed};
use crate::detectors::keepalive::{Beating, Keepalive, TimeOut};
use crate::detectors::{EVENTUALLY_PERFECT, PARTIALLY_SYNCHRONOUS};
use crate::multicast::basic::basic;
use pepperland_core::contract::{Layer, Stack, Value};
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Setup};
use pepperland_core::message::Message;

/// D2 by keepalives, adaptive.
pub const ENTRY: Implementation = Implementation {
    name: "keepalive-detector-adaptive",
    number: "D2",
    statement: "keepalives with a time-out that doubles with each mistake",
    source: "Chandra & Toueg 1996; lecture slides",
    claims: &[&[Claim::always("no-creation")], EVENTUALLY_PERFECT],
    model: PARTIALLY_SYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "suspicion-forgotten",
            number: "H4",
            statement: "who is heard of again after a suspicion may be silent for ever",
            breaks: "detector-completeness",
            keeps: &["no-creation", "detector-eventual-strong-accuracy"],
            faults: "partition,crash",
            workload: "steady",
            killer: include_str!("../../killers/suspicion-forgotten.jsonl"),
        },
        Flaw {
            name: "any-message-refreshes-all",
            number: "H3",
            statement: "a keepalive of one node sets the countdown of all back",
            breaks: "detector-completeness",
            keeps: &["no-creation", "detector-eventual-strong-accuracy"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/adaptive-any-message-refreshes-all.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "learns-by-mistakes",
        property: "detector-accuracy",
        statement: "how late a keepalive may be is learned by suspecting somebody who is up",
        faults: "none",
        workload: "steady",
        killer: include_str!("../../killers/learns-by-mistakes.jsonl"),
    }],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(keepalive_adaptive::<Message>(setup))),
};

/// How many periods a node may be silent at first.
const FIRST: u32 = 2;

/// The layer over basic multicast.
pub fn keepalive_adaptive<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Keepalive::over(basic::<Beating<M>>(setup), TimeOut::Raised(FIRST), setup)
}
