//! The record of membership by total-order multicast.

use super::{Commanders, ordered_membership};
use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VIEWS};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Break, Claim, Flaw, Implementation, Model};
use pepperland_core::message::Message;

/// V5.
pub const ENTRY: Implementation = Implementation {
    name: "ordered-membership",
    number: "V5",
    statement: "membership commands carried by total-order multicast: views between messages",
    source: "Schneider 1990; lecture notes",
    claims: &[INTEGRITY, VIEWS, IN_ORDER],
    model: MODEL,
    nodes: 4,
    budget: |n| (n - 1) / 2,
    flaws: FLAWS,
    controls: &[HARMLESS],
    breaks: BREAKS,
    cost: None,
    build: |setup| {
        changed(setup, Stack::node(ordered_membership::<Message>(setup, Commanders::All)))
    },
};

const FLAWS: &[Flaw] = &[
    Flaw {
        name: "view-number-missing",
        number: "V7",
        statement: "an exclusion does not say in which view it was sent, and so nobody can tell \
                    which messages of the excluded are late",
        breaks: "no-delivery-from-excluded",
        keeps: &["self-inclusion", "view-agreement", "same-view-delivery"],
        faults: "partition",
        workload: "steady",
        killer: include_str!("../../../killers/view-number-missing.jsonl"),
    },
    Flaw {
        name: "self-exclusion-ignored",
        number: "V15",
        statement: "who is excluded goes on, and installs the views that it is not in",
        breaks: "self-inclusion",
        keeps: &["view-monotonicity", "view-agreement", "same-view-delivery"],
        faults: "partition",
        workload: "steady",
        killer: include_str!("../../../killers/self-exclusion-ignored.jsonl"),
    },
    Flaw {
        name: "commands-out-of-order",
        number: "PL71",
        statement: "commands are sent to each by itself, and not in the order of the messages",
        breaks: "same-view-delivery",
        keeps: &["no-duplication", "self-inclusion", "view-agreement"],
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/commands-out-of-order.jsonl"),
    },
    Flaw {
        name: "no-incarnation",
        number: "V9",
        statement: "members are known by their nodes: a restarted one takes itself for what it was",
        breaks: "view-monotonicity",
        keeps: &["self-inclusion", "view-agreement", "same-view-delivery"],
        faults: "crash-recovery",
        workload: "steady",
        killer: include_str!("../../../killers/no-incarnation-in-views.jsonl"),
    },
];

const BREAKS: &[Break] = &[
    Break {
        name: "ordered-after-include",
        property: "sending-view-delivery",
        statement: "nobody is blocked: a message sent in one view has its place after the command \
                    that ends it, and is delivered in the next",
        faults: "none",
        workload: "joining",
        killer: include_str!("../../../killers/ordered-after-include.jsonl"),
    },
    Break {
        name: "late-message-ignored",
        property: "self-delivery",
        statement: "what an excluded member sent is ignored by all, itself included, though it \
                    never crashed",
        faults: "partition",
        workload: "steady",
        killer: include_str!("../../../killers/late-message-ignored.jsonl"),
    },
];

/// What a majority of all nodes lives through.
pub const MODEL: Model = Model { views: true, ..Model::PARTIALLY_SYNCHRONOUS };

/// What one order of messages and commands gives.
pub const IN_ORDER: &[Claim] = &[
    Claim::always("same-view-delivery"),
    Claim::always("virtual-synchrony"),
    Claim::always("no-delivery-from-excluded"),
    Claim::always("transitional-set"),
    Claim::always("dynamic-uniformity"),
    Claim::always("primary-uniqueness"),
    Claim::always("total-order"),
    Claim::always("uniform-total-order"),
    Claim::always("uniform-fifo-order"),
    Claim::always("multicast-liveness"),
];
