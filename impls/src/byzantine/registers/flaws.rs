//! The planted flaws of the registers: promises that whoever stands on them takes for granted.

use pepperland_core::implementation::Flaw;

/// Every flaw.
pub const ALL: &[Flaw] = &[
    Flaw {
        name: "answers-at-once",
        number: "PL98",
        statement: "a write is answered before the servers have read it",
        breaks: "register-contract",
        keeps: &["register-write-order"],
        faults: "none",
        workload: "register-network",
        killer: include_str!("../../../killers/registers-answers-at-once.jsonl"),
    },
    Flaw {
        name: "arrival-order-by-reader",
        number: "PL99",
        statement: "every other server takes up the later of two writes first",
        breaks: "register-write-order",
        keeps: &["register-contract"],
        faults: "none",
        workload: "register-network",
        killer: include_str!("../../../killers/registers-arrival-order-by-reader.jsonl"),
    },
];
