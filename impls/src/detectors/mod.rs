//! Failure detectors: who is believed to have crashed.

pub mod beat;
pub mod heartbeat;
pub mod keepalive;
pub mod keepalive_adaptive;
pub mod state_table;
pub mod timeout;
pub mod timeout_adaptive;

use pepperland_core::fault::Fault;
use pepperland_core::implementation::{Claim, Implementation, Model};
use pepperland_core::time::Span;

/// Every failure detector.
pub const ALL: &[&Implementation] = &[
    &heartbeat::ENTRY,
    &timeout::ENTRY,
    &keepalive::ENTRY,
    &timeout_adaptive::ENTRY,
    &keepalive_adaptive::ENTRY,
];

/// What the perfect detector keeps (the class P of Chandra & Toueg 1996), and how soon.
const PERFECT: &[Claim] = &[
    Claim::always("detector-completeness"),
    Claim::always("detector-weak-completeness"),
    Claim::always("detector-accuracy"),
    Claim::always("detector-weak-accuracy"),
    Claim::always("suspicion-monotonicity"),
    Claim::always("detector-detection-time"),
];

/// What the eventually perfect detector keeps (the class ◇P of Chandra & Toueg 1996).
const EVENTUALLY_PERFECT: &[Claim] = &[
    Claim::always("detector-completeness"),
    Claim::always("detector-weak-completeness"),
    Claim::always("detector-eventual-strong-accuracy"),
    Claim::always("detector-eventual-accuracy"),
];

/// Crash-stop failures in a network that is as fast as the detector assumes.
pub const SYNCHRONOUS: Model = Model {
    tolerates: &[Fault::Crash, Fault::Duplication],
    timing: "synchronous",
    latency_bound: Some(Span::millis(50)),
    ..Model::ASYNCHRONOUS
};

/// A network, nodes and clocks that are in time in the end.
pub const PARTIALLY_SYNCHRONOUS: Model = Model {
    tolerates: &[
        Fault::Crash,
        Fault::Recovery,
        Fault::Delay,
        Fault::Reorder,
        Fault::Duplication,
        Fault::Partition,
        Fault::Pause,
        Fault::Clock,
    ],
    ..Model::PARTIALLY_SYNCHRONOUS
};
