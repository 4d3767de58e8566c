//! What the paper's DifATo does not keep, each with the smallest run that shows it.

use pepperland_core::implementation::Break;

/// Every one.
pub const ALL: &[Break] = &[
    Break {
        name: "overtaken-requests",
        property: "difato-validity",
        statement: "a message that another of its client overtakes is dropped for ever",
        faults: "none",
        workload: "burst",
        killer: include_str!("../../../../killers/difato-literal-overtaken-requests.jsonl"),
    },
    Break {
        name: "client-left-out",
        property: "difato-agreement",
        statement: "a sequencer that leaves a client out of its result is never found out",
        faults: "byzantine:silent",
        workload: "steady",
        killer: include_str!("../../../../killers/difato-literal-client-left-out.jsonl"),
    },
    Break {
        name: "last-value-only",
        property: "difato-total-order",
        statement: "of two proposals in one register, one server sees the first and another the second",
        faults: "byzantine:twins",
        workload: "burst",
        killer: include_str!("../../../../killers/difato-literal-last-value-only.jsonl"),
    },
    Break {
        name: "stale-changes",
        property: "sequencer-change-certificate",
        statement: "a sequencer whose turn comes again is deposed by what was said the first time",
        faults: "byzantine:silent",
        workload: "steady",
        killer: include_str!("../../../../killers/difato-literal-stale-changes.jsonl"),
    },
    Break {
        name: "changes-without-end",
        property: "bounded-sequencer-change",
        statement: "a client that asks all servers deposes one sequencer after the other",
        faults: "byzantine:silent",
        workload: "steady",
        killer: include_str!("../../../../killers/difato-literal-changes-without-end.jsonl"),
    },
    Break {
        name: "half-a-certificate",
        property: "difato-validity",
        statement: "what the sequencer gave up and others stored leaves a hole that nobody fills",
        faults: "pause,crash",
        workload: "all-at-once",
        killer: include_str!("../../../../killers/difato-literal-half-a-certificate.jsonl"),
    },
];
