//! The record of membership by total-order multicast.

use super::{Commanders, ordered_membership};
use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VIEWS};
use pepperland_core::contract::Stack;
use pepperland_core::fault::Fault;
use pepperland_core::history::FailureModel;
use pepperland_core::implementation::{Claim, Implementation, Model};
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
    flaws: &[],
    controls: &[HARMLESS],
    breaks: &[],
    cost: None,
    build: |setup| {
        changed(setup, Stack::node(ordered_membership::<Message>(setup, Commanders::All)))
    },
};

/// What a majority of all nodes lives through.
pub const MODEL: Model = Model {
    failures: FailureModel::CrashRecovery,
    tolerates: &[
        Fault::Crash,
        Fault::Recovery,
        Fault::Delay,
        Fault::Reorder,
        Fault::Duplication,
        Fault::Partition,
        Fault::Pause,
    ],
    views: true,
    timing: "partially synchronous",
    ..Model::ASYNCHRONOUS
};

/// What one order of messages and commands gives.
pub const IN_ORDER: &[Claim] = &[
    Claim::always("same-view-delivery"),
    Claim::always("virtual-synchrony"),
    Claim::always("not-in-next-view"),
    Claim::always("no-delivery-from-excluded"),
    Claim::always("transitional-set"),
    Claim::always("successor-agreement"),
    Claim::always("dynamic-uniformity"),
    Claim::always("primary-uniqueness"),
    Claim::always("total-order"),
    Claim::always("uniform-total-order"),
    Claim::always("uniform-fifo-order"),
    Claim::always("multicast-liveness"),
];
