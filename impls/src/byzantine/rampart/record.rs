//! What is claimed of atomic multicast by signed echoes, and how it can be broken.

use crate::byzantine::rampart::Rampart;
use crate::changed::{HARMLESS, changed};
use crate::claims::INTEGRITY;
use pepperland_core::contract::Stack;
use pepperland_core::fault::Fault;
use pepperland_core::history::FailureModel;
use pepperland_core::implementation::{Claim, Flaw, Implementation, Model};

/// B1.
pub const ENTRY: Implementation = Implementation {
    name: "rampart",
    number: "B1",
    statement: "total order among liars by a sequencer and signed echoes, in a group that stays",
    source: "Reiter 1994",
    claims: &[INTEGRITY, SAFETY],
    model: Model {
        failures: FailureModel::Byzantine,
        tolerates: &[
            Fault::Byzantine,
            Fault::Crash,
            Fault::Delay,
            Fault::Reorder,
            Fault::Duplication,
            Fault::Partition,
            Fault::Pause,
        ],
        ..Model::ASYNCHRONOUS
    },
    // Of four, more than half are two thirds.
    nodes: 5,
    budget: |n| n.saturating_sub(1) / 3,
    flaws: &[
        Flaw {
            name: "echo-quorum",
            number: "PL104",
            statement: "the signatures of more than half of the nodes are enough",
            breaks: "byzantine-consistency",
            keeps: &["no-duplication", "byzantine-integrity"],
            faults: "byzantine:twins",
            workload: "steady",
            killer: include_str!("../../../killers/echo-quorum.jsonl"),
        },
        Flaw {
            name: "order-not-waited-for",
            number: "PL107",
            statement: "a message that is ordered and not here is passed over",
            breaks: "difato-total-order",
            keeps: &["no-creation", "no-duplication", "byzantine-consistency"],
            faults: "delay",
            workload: "steady",
            killer: include_str!("../../../killers/order-not-waited-for.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: None,
    build: |setup| changed(setup, Stack::node(Rampart::new(setup))),
};

/// What is delivered is right; that it is delivered takes a sequencer that does not lie.
const SAFETY: &[Claim] = &[
    Claim::always("byzantine-consistency"),
    Claim::always("byzantine-integrity"),
    Claim::always("difato-integrity"),
    Claim::always("difato-total-order"),
    Claim::always("total-order"),
    Claim::always("prefix-order"),
    Claim::always("consecutive-slots"),
];
