//! What is claimed of the moving sequencer, and how it can be broken.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::{INTEGRITY, ORDER, UNIFORM_AGREEMENT, VALIDITY};
use crate::detectors::SYNCHRONOUS;
use crate::detectors::keepalive::keepalive;
use crate::order::moving_sequencer::{MovingSequencer, SEQUENCERS, Sent};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation};
use pepperland_core::message::Message;

/// O6.
pub const ENTRY: Implementation = Implementation {
    name: "moving-sequencer",
    number: "O6",
    statement: "total order by a few sequencers that pass a token round",
    source: "Chang & Maxemchuk 1984",
    claims: &[
        INTEGRITY,
        VALIDITY,
        UNIFORM_AGREEMENT,
        ORDER,
        &[Claim::always("token-conservation")],
    ],
    model: SYNCHRONOUS,
    nodes: 5,
    budget: |n| SEQUENCERS.min(n) - 1,
    flaws: &[
        Flaw {
            name: "token-duplicated",
            number: "PL14",
            statement: "whoever passes the token on holds it still",
            breaks: "token-conservation",
            keeps: &["no-creation"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../../killers/token-duplicated.jsonl"),
        },
        Flaw {
            name: "token-lost",
            number: "T18",
            statement: "the token of a crashed sequencer is never made anew",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "uniform-agreement", "prefix-order"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/token-lost.jsonl"),
        },
        Flaw {
            name: "accepts-token-ahead",
            number: "T21",
            statement: "the token is held before the entries are here that were numbered before",
            breaks: "no-duplication",
            keeps: &["no-creation", "validity-all", "uniform-agreement"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../../killers/accepts-token-ahead.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "two-tokens",
        property: "prefix-order",
        statement: "a group of two: each takes the other for crashed and makes a token",
        faults: "partition",
        workload: "steady",
        killer: include_str!("../../../killers/two-tokens.jsonl"),
    }],
    cost: Some(Cost { formula: "n² + n + 4", messages: |n| n * n + n + 4.0, steps: 3, note: "" }),
    build: |setup| {
        let below = keepalive::<Sent<Message>>(setup);
        changed(setup, Stack::node(MovingSequencer::over(below, setup)))
    },
};
