//! Consensus among liars.

use super::{AMONG_LIARS, CONSENSUS, fewer_than_a_third};
use crate::byzantine::correia::consensus::Consensus;
use crate::byzantine::correia::multivalued::Multivalued;
use crate::changed::{HARMLESS, changed};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Break, Claim, Flaw, Implementation, Model};

/// B2, the third floor.
pub const ENTRY: Implementation = Implementation {
    name: "correia-consensus",
    number: "B2",
    statement: "consensus among liars on a value that one who does not lie proposed, or on none",
    source: "Correia, Neves & Veríssimo 2006",
    claims: &[
        CONSENSUS,
        &[Claim::always("consensus-weak-validity"), Claim::always("consensus-strong-validity")],
    ],
    model: Model { workload: Some("proposals"), ..AMONG_LIARS },
    nodes: 4,
    budget: fewer_than_a_third,
    flaws: &[Flaw {
        name: "vect-not-justified",
        number: "PL102",
        statement: "nobody looks at the values by which a choice is justified",
        breaks: "consensus-strong-validity",
        keeps: &["consensus-agreement", "consensus-integrity"],
        faults: "byzantine:equivocate",
        workload: "binary-proposals",
        killer: include_str!("../../../../killers/vect-not-justified.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "too-many-liars",
        property: "consensus-strong-validity",
        statement: "what two of four propose is decided, though the others propose another value",
        faults: "byzantine:small-scope",
        workload: "proposals",
        killer: include_str!("../../../../killers/correia-consensus-too-many-liars.jsonl"),
    }],
    cost: None,
    build: |setup| changed(setup, Stack::node(Consensus::<Multivalued<String>>::new(setup))),
};
