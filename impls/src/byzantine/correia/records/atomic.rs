//! Atomic multicast among liars.

use super::{AMONG_LIARS, BYZANTINE_RELIABLE, fewer_than_a_third};
use crate::byzantine::correia::ordered::AtomicMulticast;
use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Break, Claim, Flaw, Implementation};

/// B2.
pub const ENTRY: Implementation = Implementation {
    name: "correia",
    number: "B2",
    statement: "total order among liars, by agreement on vectors of what each node has",
    source: "Correia, Neves & Veríssimo 2006",
    claims: &[INTEGRITY, VALIDITY, BYZANTINE_RELIABLE, TOTAL_ORDER],
    model: AMONG_LIARS,
    nodes: 4,
    budget: fewer_than_a_third,
    flaws: &[Flaw {
        name: "hash-in-one-cell",
        number: "PL94",
        statement: "a hash in one cell of the vector is waited for",
        breaks: "difato-validity",
        keeps: &["difato-integrity", "difato-total-order", "byzantine-consistency"],
        faults: "byzantine:equivocate",
        workload: "steady",
        killer: include_str!("../../../../killers/hash-in-one-cell.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "too-many-liars",
        property: "difato-agreement",
        statement: "two of four are ready towards all but one node, which waits for ever",
        faults: "byzantine:silent",
        workload: "steady",
        killer: include_str!("../../../../killers/correia-too-many-liars.jsonl"),
    }],
    cost: None,
    build: |setup| changed(setup, Stack::node(AtomicMulticast::new(setup))),
};

/// One sequence at all correct nodes, by its slots too.
const TOTAL_ORDER: &[Claim] = &[
    Claim::always("total-order"),
    Claim::always("prefix-order"),
    Claim::always("consecutive-slots"),
    Claim::always("difato-validity"),
    Claim::always("difato-agreement"),
    Claim::always("difato-integrity"),
    Claim::always("difato-total-order"),
];
