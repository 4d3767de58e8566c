//! Reliable multicast among liars.

use super::{AMONG_LIARS, BYZANTINE_RELIABLE, fewer_than_a_third};
use crate::byzantine::correia::multicast::ReliableMulticast;
use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Break, Cost, Flaw, Implementation};
use pepperland_core::message::Message;

/// B2, the first floor.
pub const ENTRY: Implementation = Implementation {
    name: "correia-reliable",
    number: "B2",
    statement: "reliable multicast among liars: echoes, and readies for what most have echoed",
    source: "Bracha 1984",
    claims: &[INTEGRITY, VALIDITY, BYZANTINE_RELIABLE],
    model: AMONG_LIARS,
    // Of four, no two stories can both find enough nodes that are ready, even after few echoes.
    nodes: 5,
    budget: fewer_than_a_third,
    flaws: &[
        Flaw {
            name: "echo-threshold",
            number: "B22",
            statement: "a node is ready once f + 1 have echoed",
            breaks: "byzantine-consistency",
            keeps: &["no-duplication", "byzantine-validity", "byzantine-integrity"],
            faults: "byzantine:twins",
            workload: "steady",
            killer: include_str!("../../../../killers/echo-threshold.jsonl"),
        },
        Flaw {
            name: "no-ready-amplification",
            number: "B22",
            statement: "a node is never ready because others are",
            breaks: "byzantine-totality",
            keeps: &["byzantine-consistency", "byzantine-validity", "byzantine-integrity"],
            faults: "byzantine:silent",
            workload: "steady",
            killer: include_str!("../../../../killers/no-ready-amplification.jsonl"),
        },
        Flaw {
            name: "delivers-on-f-plus-one-readies",
            number: "PL100",
            statement: "what f + 1 nodes are ready for is delivered",
            breaks: "byzantine-totality",
            keeps: &["byzantine-consistency", "byzantine-validity", "byzantine-integrity"],
            faults: "byzantine:equivocate",
            workload: "steady",
            killer: include_str!("../../../../killers/delivers-on-f-plus-one-readies.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "too-many-liars",
        property: "byzantine-consistency",
        statement: "two of four are ready for another story, and one node goes by theirs",
        faults: "byzantine:small-scope",
        workload: "steady",
        killer: include_str!("../../../../killers/correia-reliable-too-many-liars.jsonl"),
    }],
    cost: Some(Cost { formula: "2n² + n", messages: |n| 2.0 * n * n + n, steps: 3, note: "" }),
    build: |setup| changed(setup, Stack::node(ReliableMulticast::<Message>::new(setup))),
};
