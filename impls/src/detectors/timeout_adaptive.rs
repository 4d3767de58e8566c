//! Time-outs that grow: who answers too late shows that the time-out is too short (Cachin, Guerraoui
//! & Rodrigues 2011, 2.6.4: *Increasing Timeout*).
//!
//! ```text
//! On initialization:             delay := 4 ms
//! On receive((answer, r)) from p:     if r < round, and p has answered no later question, then
//!                                         late := true
//! Upon time-out:                 ...;  if late then delay := 2 * delay;  late := false
//! ```
//!
//! The rest is that of the time-out detector. Assumes that messages and clocks are in time in the
//! end, and not how fast that is: once the time-out is longer than a question and its answer take,
//! everybody who is up answers in time. Nodes may restart with nothing; they err anew.
//!
//! Departs from the source, which takes any answer for one to this round's question, and adds where
//! this doubles.

use crate::changed::{HARMLESS, changed};
use crate::detectors::timeout::{Asking, Raise, Timeout};
use crate::detectors::{EVENTUALLY_PERFECT, PARTIALLY_SYNCHRONOUS};
use crate::multicast::basic::basic;
use pepperland_core::contract::{Layer, Stack, Value};
use pepperland_core::implementation::{Claim, Cost, Flaw, Implementation, Setup};
use pepperland_core::message::Message;
use pepperland_core::time::Span;

/// D2 by time-outs, adaptive.
pub const ENTRY: Implementation = Implementation {
    name: "timeout-detector-adaptive",
    number: "D2",
    statement: "time-outs that double whenever an answer comes too late",
    source: "Cachin, Guerraoui & Rodrigues 2011, 2.6.4",
    claims: &[&[Claim::always("no-creation")], EVENTUALLY_PERFECT],
    model: PARTIALLY_SYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "time-out-never-raised",
        number: "H1",
        statement: "the time-out stays as it is, however late answers are",
        breaks: "detector-eventual-strong-accuracy",
        keeps: &["no-creation", "detector-completeness"],
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/time-out-never-raised.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(timeout_adaptive::<Message>(setup))),
};

/// The time-out at first.
const FIRST: Span = Span::millis(4);

/// The layer over basic multicast.
pub fn timeout_adaptive<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Timeout::over(basic::<Asking<M>>(setup), Raise::WhenLate, FIRST, setup)
}
