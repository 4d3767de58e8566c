//! FIFO-total and causal-total order as stacks (Hadzilacos and Toueg 1994: FIFO atomic and causal
//! atomic broadcast).
//!
//! ```text
//! FIFO-total       sequencer          causal-total     sequencer
//!                  FIFO                                causal
//!                  reliable                            reliable
//! ```
//!
//! The sequencer numbers messages as they reach it. By itself it keeps neither order: two messages
//! of one sender may overtake each other on their way to it. Which layer stands where:
//!
//! - The sequencer above FIFO receives each sender's messages in their order, numbers them so, and
//!   all deliver by number: FIFO-total.
//! - FIFO above the sequencer is the same. Every node gets one sequence from below, holds back the
//!   same messages in the same places, and delivers one sequence again. That is the control.
//! - Either is causal, too. Causal order is FIFO order and local order, and local order comes with
//!   any total order in which one node's deliveries are a prefix of another's: who has delivered m
//!   has it from the numbers, and what it multicasts then gets a later one.
//! - The sequencer above causal order receives no message before its causes, and numbers it after
//!   them: causal-total. Its own announcements are stamped as well, and are held back until the
//!   messages are here.
//! - Causal order above the sequencer is causal, and no longer total: the vector counts a sender's
//!   own message as delivered when it is sent, before it has a number. That is the flaw.
//!
//! Assumes what the sequencer assumes: n1 does not crash, or nothing is ordered any more.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, CAUSALITY, INTEGRITY};
use crate::for_group::ForGroup;
use crate::multicast::reliable::reliable;
use crate::order::causal::{Causal, causal};
use crate::order::fifo::{Fifo, Sequenced};
use crate::order::sequencer::{Ordered, Sequencer, VALIDITY_WHILE_THE_SEQUENCER_LIVES};
use pepperland_core::contract::{Layer, Stack, Value};
use pepperland_core::implementation::{Claim, Control, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;

/// O11: OR11.
pub const FIFO_TOTAL: Implementation = Implementation {
    name: "fifo-total",
    number: "O11",
    statement: "FIFO total order: a sequencer above FIFO multicast",
    source: "Hadzilacos & Toueg 1994",
    claims: &[INTEGRITY, VALIDITY_WHILE_THE_SEQUENCER_LIVES, AGREEMENT, TOTALITY, CAUSALITY],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "no-hold-back-queue",
        number: "F1",
        statement: "FIFO order is not kept below the sequencer: what is left is total order",
        breaks: "fifo-total-order",
        keeps: &["no-creation", "no-duplication", "agreement", "prefix-order", "local-order"],
        faults: "none",
        workload: "burst",
        killer: include_str!("../../killers/total-without-fifo.jsonl"),
    }],
    controls: &[
        HARMLESS,
        &[Control {
            name: "fifo-above-total",
            number: "Z6",
            statement: "FIFO order is kept above the sequencer instead of below it",
        }],
    ],
    breaks: &[],
    cost: Some(Cost { formula: "2n²", messages: |n| 2.0 * n * n, steps: 2, note: "" }),
    build: |setup| match setup.flawed("fifo-above-total") {
        true => Stack::node(Fifo::over(sequencer::<Sequenced<Message>>(setup), setup)),
        false => {
            let fifo = Fifo::over(reliable::<Sequenced<ForGroup<Ordered<Message>>>>(setup), setup);
            changed(setup, Stack::node(Sequencer::over(fifo, setup)))
        }
    },
};

/// O11: OR12.
pub const CAUSAL_TOTAL: Implementation = Implementation {
    name: "causal-total",
    number: "O11",
    statement: "causal total order: a sequencer above causal multicast",
    source: "Hadzilacos & Toueg 1994",
    claims: &[INTEGRITY, VALIDITY_WHILE_THE_SEQUENCER_LIVES, AGREEMENT, TOTALITY, CAUSALITY],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "vector-above-total",
        number: "PL16",
        statement: "the vector is kept above the sequencer: own messages do not wait for a number",
        breaks: "causal-total-order",
        keeps: &["no-creation", "no-duplication", "agreement", "causal"],
        faults: "none",
        workload: "steady",
        killer: include_str!("../../killers/vector-above-total.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "2n²", messages: |n| 2.0 * n * n, steps: 2, note: "" }),
    build: |setup| match setup.flawed("vector-above-total") {
        true => Stack::node(Causal::over(sequencer(setup), setup)),
        false => {
            let causal = causal::<ForGroup<Ordered<Message>>>(setup);
            changed(setup, Stack::node(Sequencer::over(causal, setup)))
        }
    },
};

const TOTALITY: &[Claim] = &[
    Claim::always("total-order"),
    Claim::always("uniform-total-order"),
    Claim::always("prefix-order"),
    Claim::always("fifo-total-order"),
    Claim::always("causal-total-order"),
];

/// Total order over reliable multicast.
fn sequencer<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Sequencer::over(reliable::<ForGroup<Ordered<M>>>(setup), setup)
}
