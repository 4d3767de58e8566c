//! Vector consensus among liars.

use super::{AMONG_LIARS, CONSENSUS, fewer_than_a_third};
use crate::byzantine::correia::consensus::Consensus;
use crate::byzantine::correia::vector::Vector;
use crate::changed::{HARMLESS, changed};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Break, Claim, Flaw, Implementation, Model};

/// B2, the fourth floor.
pub const ENTRY: Implementation = Implementation {
    name: "correia-vector",
    number: "B2",
    statement: "consensus among liars on a vector of proposals, most of them of nodes that do not lie",
    source: "Correia, Neves & Veríssimo 2006",
    claims: &[CONSENSUS, &[Claim::always("vector-validity")]],
    model: Model { workload: Some("proposals"), states_faults: true, ..AMONG_LIARS },
    nodes: 4,
    budget: fewer_than_a_third,
    flaws: &[Flaw {
        name: "vector-of-fewer",
        number: "PL103",
        statement: "a vector is proposed once n - f - 1 proposals are here",
        breaks: "vector-validity",
        keeps: &["consensus-agreement", "consensus-integrity"],
        faults: "byzantine:silent",
        workload: "proposals",
        killer: include_str!("../../../../killers/vector-of-fewer.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "too-many-liars",
        property: "consensus-termination-if-all-propose",
        statement: "without what two of four propose nobody goes on",
        faults: "byzantine:silent",
        workload: "proposals",
        killer: include_str!("../../../../killers/correia-vector-too-many-liars.jsonl"),
    }],
    cost: None,
    build: |setup| changed(setup, Stack::node(Consensus::<Vector<String>>::new(setup))),
};
