//! The planted flaws of the service, and what is beyond its model.

use pepperland_core::implementation::{Break, Flaw};

/// Every flaw.
pub const ALL: &[Flaw] = &[
    Flaw {
        name: "starts-with-fewer-proposals",
        number: "PL108",
        statement: "f clients are enough to propose a message, and to accept it",
        breaks: "difato-integrity",
        keeps: &["difato-total-order"],
        faults: "byzantine:equivocate",
        workload: "steady",
        killer: include_str!("../../../killers/pieri-starts-with-fewer-proposals.jsonl"),
    },
    Flaw {
        name: "one-decision-is-enough",
        number: "PL109",
        statement: "a client believes one server",
        breaks: "difato-integrity",
        keeps: &["accept-certificate", "register-write-order"],
        faults: "byzantine:small-scope",
        workload: "steady",
        killer: include_str!("../../../killers/pieri-one-decision-is-enough.jsonl"),
    },
    Flaw {
        name: "votes-by-name",
        number: "PL110",
        statement: "votes for one name are added up, whatever is proposed under it",
        breaks: "difato-integrity",
        keeps: &["difato-total-order"],
        faults: "byzantine:equivocate",
        workload: "steady",
        killer: include_str!("../../../killers/pieri-votes-by-name.jsonl"),
    },
];

/// What is beyond its model.
pub const BREAKS: &[Break] = &[
    Break {
        name: "too-many-servers-lie",
        property: "difato-integrity",
        statement: "f + 1 servers that tell a client the same lie are believed",
        faults: "byzantine",
        workload: "steady",
        killer: include_str!("../../../killers/pieri-too-many-servers-lie.jsonl"),
    },
    Break {
        name: "too-many-clients-lie",
        property: "difato-integrity",
        statement: "f + 1 clients and the leader vouch for what nobody multicast",
        faults: "byzantine",
        workload: "steady",
        killer: include_str!("../../../killers/pieri-too-many-clients-lie.jsonl"),
    },
];
