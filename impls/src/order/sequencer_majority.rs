//! FIFO-total order by a sequencer that is replaced when it is suspected, rightly or not: what it
//! orders is valid once a majority has it (Oki and Liskov 1988, viewstamped replication, whose
//! views are the epochs here).
//!
//! ```text
//! As sequencer-failover, on an agreed log for which a majority is enough; and:
//! On trust of q:                      q is suspected no longer
//! When the beginner of the promised epoch is suspected, or a later epoch was promised elsewhere:
//!                                     the first member that is not suspected begins another;
//!                                     others tell it which epoch they have promised
//! ```
//!
//! Assumes crash-stop failures, a majority that lives, and nothing of time but that suspicions are
//! right in the end. Two sequencers may number messages at once, but the earlier one has lost its
//! majority: they have promised to leave its epoch.
//! Departs from the source: nobody recovers, and a member may begin an epoch out of turn.

use crate::changed::{HARMLESS, changed};
use crate::claims::{FIFO_TOTAL, INTEGRITY, ORDER, UNIFORM_AGREEMENT, VALIDITY};
use crate::detectors::keepalive::keepalive;
use crate::order::log_messages::Quorum;
use crate::order::sequencer_failover::{NO_EPOCH, Sent, SequencerFailover};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Cost, Flaw, Implementation, Model};
use pepperland_core::message::Message;

/// O4 with failover, by majorities.
pub const ENTRY: Implementation = Implementation {
    name: "sequencer-majority",
    number: "O4",
    statement: "FIFO-total order by a sequencer that may be replaced, valid once a majority has it",
    source: "Oki & Liskov 1988",
    claims: &[INTEGRITY, VALIDITY, UNIFORM_AGREEMENT, ORDER, FIFO_TOTAL],
    model: Model { timing: "partially synchronous", ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| (n - 1) / 2,
    flaws: &[
        Flaw { keeps: &["no-creation"], ..NO_EPOCH },
        Flaw {
            name: "excuses-the-suspected",
            number: "R10",
            statement: "whoever is suspected is not waited for, as if suspicions were always right",
            breaks: "prefix-order",
            keeps: &["no-creation"],
            faults: "partition",
            workload: "steady",
            killer: include_str!("../../killers/majority-excuses-the-suspected.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "n² + n + 1", messages: |n| n * n + n + 1.0, steps: 3, note: "" }),
    build: |setup| {
        let below = keepalive::<Sent<Message>>(setup);
        changed(setup, Stack::node(SequencerFailover::over(below, Quorum::Majority, setup)))
    },
};
