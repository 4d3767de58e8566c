//! The record of the arithmetic service.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::links::sealed::Sealed;
use crate::services::arithmetic::{Pace, Said, Service};
use pepperland_core::contract::{Network, Stack};
use pepperland_core::fault::Fault;
use pepperland_core::history::{Channel, FailureModel};
use pepperland_core::implementation::{Bound, Break, Claim, Flaw, Groups, Implementation, Model};

/// R7.
pub const ENTRY: Implementation = Implementation {
    name: "arithmetic",
    number: "R7",
    statement: "expressions are evaluated by the server of least index that is believed active",
    source: "student project, five servers and two multicast groups",
    claims: &[&[
        Claim::always("single-responder"),
        Claim::always("timely-answer"),
        Claim::always("response-correctness"),
    ]],
    model: Model {
        failures: FailureModel::CrashRecovery,
        channel: Channel::FairLoss,
        tolerates: &[
            Fault::Crash,
            Fault::Recovery,
            Fault::Loss,
            Fault::Corruption,
            Fault::Partition,
            Fault::Pause,
        ],
        groups: Groups::Several,
        timing: "synchronous in the end",
        bounds: &[Bound::takeover(|max_latency| Pace::of(max_latency).takeover(max_latency).0)],
        service: Some("expressions"),
        ..Model::ASYNCHRONOUS
    },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "stale-table",
            number: "P12",
            statement: "states never expire: a server that was active once stays so for ever",
            breaks: "timely-answer",
            keeps: &["single-responder", "response-correctness"],
            faults: "crash",
            workload: "expressions",
            killer: include_str!("../../../killers/stale-table.jsonl"),
        },
        Flaw {
            name: "awaiting-may-not-answer",
            number: "PL31",
            statement: "whoever has not confirmed since the last tick is passed over",
            breaks: "single-responder",
            keeps: &["response-correctness"],
            faults: "none",
            workload: "expressions",
            killer: include_str!("../../../killers/awaiting-may-not-answer.jsonl"),
        },
        Flaw {
            name: "integer-division",
            number: "PL32",
            statement: "quotients are rounded down, as Python 2 does",
            breaks: "response-correctness",
            keeps: &["single-responder", "timely-answer"],
            faults: "none",
            workload: "expressions",
            killer: include_str!("../../../killers/integer-division.jsonl"),
        },
        Flaw {
            name: "precedence-ignored",
            number: "PL33",
            statement: "operators are applied from left to right, whatever they are",
            breaks: "response-correctness",
            keeps: &["single-responder", "timely-answer"],
            faults: "none",
            workload: "expressions",
            killer: include_str!("../../../killers/precedence-ignored.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "old-confirmation",
        property: "timely-answer",
        statement: "a confirmation has no number: an old copy makes a crashed server active",
        faults: "crash,duplicate",
        workload: "expressions",
        killer: include_str!("../../../killers/old-confirmation.jsonl"),
    }],
    cost: None,
    build: |setup| {
        let links = Network::<Sealed<Said>>::payload();
        changed(setup, Stack::node(Service::over(links, Pace::of(setup.max_latency), setup)))
    },
};
