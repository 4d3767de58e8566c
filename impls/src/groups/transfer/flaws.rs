//! The planted flaws of state transfer.

use pepperland_core::implementation::{Flaw, Setup};

/// All of them.
pub const FLAWS: &[Flaw] = &[
    Flaw {
        name: "snapshot-misses-in-flight",
        number: "S1",
        statement: "what is delivered while the snapshot is on its way is not executed after it",
        breaks: "state-transfer-gap",
        keeps: &["no-creation", "no-duplication", "donor-consistency", "view-agreement"],
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/snapshot-misses-in-flight.jsonl"),
    },
    Flaw {
        name: "apply-twice",
        number: "S2",
        statement: "the donor executes what the new view brought before it takes the snapshot; the \
                    joiner executes it again",
        breaks: "state-transfer-gap",
        keeps: &["no-creation", "no-duplication", "donor-consistency", "view-agreement"],
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/apply-twice.jsonl"),
    },
    Flaw {
        name: "torn-snapshot",
        number: "S3",
        statement: "the second half of the snapshot is read when it is sent, not when it is taken",
        breaks: "donor-consistency",
        keeps: &["no-creation", "no-duplication", "view-agreement"],
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/torn-snapshot.jsonl"),
    },
    Flaw {
        name: "half-a-state",
        number: "S4",
        statement: "the first half of a snapshot is taken for the state until the second comes, if \
                    it does",
        breaks: "state-transfer",
        keeps: &["no-creation", "no-duplication", "view-agreement"],
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/half-a-state.jsonl"),
    },
    Flaw {
        name: "counters-not-transferred",
        number: "S6",
        statement: "a joiner counts places in the order from 0, whatever its snapshot covers",
        breaks: "consecutive-slots",
        keeps: &["no-creation", "no-duplication", "state-transfer", "donor-consistency"],
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/counters-not-transferred.jsonl"),
    },
    Flaw {
        name: "serves-before-set-state",
        number: "S7",
        statement: "a joiner executes messages before it has the state, as if that were empty",
        breaks: "state-hash-agreement",
        keeps: &["no-creation", "view-agreement", "donor-consistency"],
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/serves-before-set-state.jsonl"),
    },
    Flaw {
        name: "diff-instead-of-state",
        number: "S8",
        statement: "a joiner is sent what was left of the last view, not what was executed in it",
        breaks: "state-transfer",
        keeps: &["no-creation", "no-duplication", "state-transfer-gap", "view-agreement"],
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/diff-instead-of-state.jsonl"),
    },
    Flaw {
        name: "keeps-its-own-state",
        number: "PL61",
        statement: "a node that was excluded and comes back goes on from the state that it had",
        breaks: "rejoin-replaces-state",
        keeps: &["no-creation", "no-duplication", "view-agreement"],
        faults: "pause",
        workload: "steady",
        killer: include_str!("../../../killers/keeps-its-own-state.jsonl"),
    },
    Flaw {
        name: "no-second-exchange",
        number: "PL62",
        statement: "states are not compared when all come from one view, though a transfer was cut \
                    off in that",
        breaks: "state-transfer-completion",
        keeps: &["no-creation", "no-duplication", "view-agreement", "donor-consistency"],
        faults: "crash",
        workload: "joining",
        killer: include_str!("../../../killers/no-second-exchange.jsonl"),
    },
];

/// Which flaw is on, in the order of the list.
#[derive(Copy, Clone)]
pub struct Switches {
    pub misses_in_flight: bool,
    pub apply_twice: bool,
    pub torn_snapshot: bool,
    pub half_a_state: bool,
    pub counters_not_transferred: bool,
    pub serves_before_set_state: bool,
    pub diff_instead_of_state: bool,
    pub keeps_its_own_state: bool,
    pub no_second_exchange: bool,
}

impl Switches {
    /// Those that are on.
    pub fn of(setup: &Setup<'_>) -> Switches {
        Switches {
            misses_in_flight: setup.flawed("snapshot-misses-in-flight"),
            apply_twice: setup.flawed("apply-twice"),
            torn_snapshot: setup.flawed("torn-snapshot"),
            half_a_state: setup.flawed("half-a-state"),
            counters_not_transferred: setup.flawed("counters-not-transferred"),
            serves_before_set_state: setup.flawed("serves-before-set-state"),
            diff_instead_of_state: setup.flawed("diff-instead-of-state"),
            keeps_its_own_state: setup.flawed("keeps-its-own-state"),
            no_second_exchange: setup.flawed("no-second-exchange"),
        }
    }
}
