//! What is claimed of multicast with negative acknowledgements, and how it can be broken.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY};
use crate::multicast::FAIR_LOSS;
use crate::multicast::nack::Nack;
use pepperland_core::contract::{Network, Stack};
use pepperland_core::implementation::{
    Bound, Break, Claim, Control, Cost, Flaw, Implementation, Model, Proviso,
};
use pepperland_core::message::Message;

/// M5.
pub const ENTRY: Implementation = Implementation {
    name: "nack",
    number: "M5",
    statement: "negative acknowledgements, repairs by anybody, buffers kept until stability",
    source: "PGM (RFC 3208), simplified",
    claims: &[
        INTEGRITY,
        VALIDITY,
        &[
            Claim::always("agreement"),
            Claim::always("fifo"),
            Claim::always("safe-discard"),
            Claim::only("buffer-boundedness", Proviso::NobodyCrashes),
        ],
    ],
    model: Model { bounds: &[Bound::buffer(|_| 0)], ..FAIR_LOSS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "gaps-only-by-next-message",
            number: "R12",
            statement: "a gap is noted only when a later message of the same sender comes",
            breaks: "agreement",
            keeps: &["no-creation", "no-duplication", "validity-self", "fifo", "safe-discard"],
            faults: "crash,loss",
            workload: "steady",
            killer: include_str!("../../../killers/gaps-only-by-next-message.jsonl"),
        },
        Flaw {
            name: "collect-before-stable",
            number: "R13",
            statement: "a message leaves the buffer when the node itself has delivered it",
            breaks: "agreement",
            keeps: &["no-creation", "no-duplication", "validity-self", "fifo"],
            faults: "loss",
            workload: "steady",
            killer: include_str!("../../../killers/collect-before-stable.jsonl"),
        },
        Flaw {
            name: "cancel-on-nack",
            number: "R15",
            statement: "whoever hears another's Nack never asks for the message itself",
            breaks: "agreement",
            keeps: &["no-creation", "no-duplication", "validity-self", "fifo", "safe-discard"],
            faults: "partition",
            workload: "burst",
            killer: include_str!("../../../killers/cancel-on-nack.jsonl"),
        },
    ],
    controls: &[
        HARMLESS,
        &[Control {
            name: "no-suppression",
            number: "PL9",
            statement: "everybody who has a message repairs it, whoever else has: a repair storm",
        }],
    ],
    breaks: &[
        Break {
            name: "crashed-member-blocks-stability",
            property: "buffer-boundedness",
            statement: "nothing is stable any more when a member has crashed, and all is kept",
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/crashed-member-blocks-stability.jsonl"),
        },
        Break {
            name: "delivered-by-the-crashed-alone",
            property: "uniform-agreement",
            statement: "a node delivers its own message, crashes, and nobody else has received it",
            faults: "crash,loss",
            workload: "steady",
            killer: include_str!("../../../killers/delivered-by-the-crashed-alone.jsonl"),
        },
    ],
    cost: Some(Cost {
        formula: "n",
        messages: |n| n,
        steps: 1,
        note: "after a delivery all tell all what they have, for a while more often: n² each time",
    }),
    build: |setup| changed(setup, Stack::node(Nack::<Message, _>::over(Network::payload(), setup))),
};
