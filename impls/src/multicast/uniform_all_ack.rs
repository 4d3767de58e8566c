//! Uniform reliable multicast with a perfect failure detector: a message is delivered once all that
//! have not crashed are known to have it (Cachin, Guerraoui & Rodrigues 2011, 3.4: *All-Ack Uniform
//! Reliable Broadcast*). It is [`Uniform`] but for two lines, and lives with any number of crashes.
//!
//! ```text
//! On initialization:               ... and correct := all members
//! On crash (p):                    correct := correct - {p}
//! candeliver(m):                   correct is a subset of ack[m]
//! ```
//!
//! Assumes a perfect channel and a perfect failure detector (here: keepalives in a network as fast
//! as they assume). Nobody correct is ever left out of `correct`, so who delivers a message knows
//! that every correct node has it. Once somebody is suspected who is alive, nothing is left of
//! that: a node that is cut off excuses all others and delivers alone.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::{INTEGRITY, UNIFORM_AGREEMENT, VALIDITY};
use crate::detectors::SYNCHRONOUS;
use crate::detectors::keepalive::keepalive;
use crate::multicast::reliable::Relayed;
use crate::multicast::uniform::{CanDeliver, DELIVER_ON_FIRST, Uniform};
use pepperland_core::contract::{Layer, Stack, Value};
use pepperland_core::implementation::{Break, Cost, Flaw, Implementation, Setup};
use pepperland_core::message::Message;

/// M6 with a perfect failure detector.
pub const ENTRY: Implementation = Implementation {
    name: "uniform-all-ack",
    number: "M6",
    statement: "uniform reliable multicast: deliver what all are known to have but the crashed",
    source: "Cachin, Guerraoui & Rodrigues 2011, 3.4",
    claims: &[INTEGRITY, VALIDITY, UNIFORM_AGREEMENT],
    model: SYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        DELIVER_ON_FIRST,
        Flaw {
            name: "waits-for-the-crashed",
            number: "T11",
            statement: "whoever has crashed is waited for like the others",
            breaks: "validity-self",
            keeps: &["no-creation", "no-duplication"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/waits-for-the-crashed.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "excuses-the-suspected",
        property: "uniform-agreement",
        statement: "a node that is cut off suspects all others, delivers alone, and crashes",
        faults: "partition",
        workload: "steady",
        killer: include_str!("../../killers/excuses-the-suspected.jsonl"),
    }],
    cost: Some(Cost { formula: "n²", messages: |n| n * n, steps: 2, note: "" }),
    build: |setup| changed(setup, Stack::node(uniform_all_ack::<Message>(setup))),
};

/// All-ack over basic multicast and keepalives.
pub fn uniform_all_ack<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Uniform::over(keepalive::<Relayed<M>>(setup), CanDeliver::AllCorrect, setup)
}
