//! What is claimed of atomic multicast by signed echoes, and how it can be broken.

use crate::byzantine::rampart::Rampart;
use crate::byzantine::rampart::sealing::resealed;
use crate::byzantine::signatures::Seal;
use crate::changed::{HARMLESS_IN_TIME, changed};
use pepperland_core::contract::Stack;
use pepperland_core::fault::Fault;
use pepperland_core::history::FailureModel;
use pepperland_core::implementation::{Break, Claim, Flaw, Implementation, Model, Proviso};

/// B1.
pub const ENTRY: Implementation = Implementation {
    name: "rampart",
    number: "B1",
    statement: "total order among liars by a sequencer and signed echoes, in views without liars",
    source: "Reiter 1994; Reiter 1996",
    claims: &[IN_TIME, EXCLUSION],
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
        timing: "partially synchronous for removal",
        ..Model::ASYNCHRONOUS
    },
    // Of four, more than half are two thirds.
    nodes: 5,
    budget: |n| n.saturating_sub(1) / 3,
    flaws: FLAWS,
    controls: &[HARMLESS_IN_TIME],
    breaks: BREAKS,
    cost: None,
    build: |setup| {
        let seal = Seal::of(setup);
        let reseal = move |to, said| resealed(to, said, &seal);
        changed(setup, Stack::sealing(Rampart::new(setup), reseal))
    },
};

const FLAWS: &[Flaw] = &[
    Flaw {
        name: "echo-quorum",
        number: "PL104",
        statement: "the signatures of more than half of the nodes are enough",
        breaks: "byzantine-consistency",
        keeps: &["no-duplication"],
        faults: "byzantine:twins",
        workload: "steady",
        killer: include_str!("../../../killers/echo-quorum.jsonl"),
    },
    Flaw {
        name: "exclusion-by-one",
        number: "PL105",
        statement: "one member that takes another for faulty is enough to remove it",
        breaks: "exclusion-certificate",
        keeps: &["no-duplication", "view-agreement", "byzantine-consistency"],
        faults: "byzantine:hasty",
        workload: "steady",
        killer: include_str!("../../../killers/rampart-exclusion-by-one.jsonl"),
    },
    Flaw {
        name: "order-not-waited-for",
        number: "PL107",
        statement: "a message that is ordered and not here is passed over",
        breaks: "difato-total-order",
        keeps: &["no-creation", "no-duplication", "byzantine-consistency"],
        faults: "byzantine:late",
        workload: "steady",
        killer: include_str!("../../../killers/order-not-waited-for.jsonl"),
    },
    Flaw {
        name: "no-flush",
        number: "PL106",
        statement: "the next view begins without what others have of the last",
        breaks: "difato-agreement",
        keeps: &["no-duplication", "view-agreement", "byzantine-consistency"],
        faults: "crash",
        workload: "replies",
        killer: include_str!("../../../killers/rampart-no-flush.jsonl"),
    },
];

const BREAKS: &[Break] = &[Break {
    name: "too-many-liars",
    property: "difato-total-order",
    statement: "two of four sign two orders, and each finds three who have signed it",
    faults: "byzantine:twins",
    workload: "steady",
    killer: include_str!("../../../killers/rampart-too-many-liars.jsonl"),
}];

/// While those who do not lie are in time, only those who lie or crash are ever removed, and of
/// whoever is left fewer than a third do.
const IN_TIME: &[Claim] = &[
    in_time("no-creation"),
    in_time("no-duplication"),
    in_time("byzantine-consistency"),
    in_time("byzantine-totality"),
    in_time("byzantine-integrity"),
    in_time("difato-validity"),
    in_time("difato-agreement"),
    in_time("difato-integrity"),
    in_time("difato-total-order"),
    in_time("total-order"),
    in_time("view-agreement"),
    in_time("view-monotonicity"),
    in_time("self-inclusion"),
];

/// Whoever is removed, rightly or not, one who does not lie has asked for it.
const EXCLUSION: &[Claim] = &[Claim::always("exclusion-certificate")];

const fn in_time(property: &'static str) -> Claim {
    Claim::only(property, Proviso::HonestInTime)
}
