//! Binary consensus among liars.

use super::{AMONG_LIARS, CONSENSUS, fewer_than_a_third};
use crate::byzantine::correia::binary::Binary;
use crate::byzantine::correia::consensus::Consensus;
use crate::changed::{HARMLESS, changed};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Break, Claim, Flaw, Implementation, Model};

/// B2, the second floor.
pub const ENTRY: Implementation = Implementation {
    name: "correia-binary",
    number: "B2",
    statement: "consensus on a bit among liars, by steps that are checked and a coin",
    source: "Bracha 1984; Ben-Or 1983",
    claims: &[
        CONSENSUS,
        &[Claim::always("consensus-weak-validity"), Claim::always("consensus-strong-validity")],
    ],
    model: Model { workload: Some("binary-proposals"), ..AMONG_LIARS },
    nodes: 4,
    budget: fewer_than_a_third,
    flaws: &[
        Flaw {
            name: "steps-not-validated",
            number: "PL93",
            statement: "the values of a step are taken as they come",
            breaks: "consensus-strong-validity",
            keeps: &["consensus-integrity"],
            faults: "byzantine:equivocate",
            workload: "binary-proposals",
            killer: include_str!("../../../../killers/steps-not-validated.jsonl"),
        },
        Flaw {
            name: "halts-at-once",
            number: "PL101",
            statement: "whoever decides takes part in no further round",
            breaks: "consensus-termination-if-all-propose",
            keeps: &["consensus-agreement", "consensus-integrity", "consensus-strong-validity"],
            faults: "delay",
            workload: "binary-proposals",
            killer: include_str!("../../../../killers/halts-at-once.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "too-many-liars",
        property: "consensus-strong-validity",
        statement: "two of four outvote the others, who all proposed something else",
        faults: "byzantine:small-scope",
        workload: "binary-proposals",
        killer: include_str!("../../../../killers/correia-binary-too-many-liars.jsonl"),
    }],
    cost: None,
    build: |setup| changed(setup, Stack::node(Consensus::<Binary>::new(setup))),
};
