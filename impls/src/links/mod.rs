//! Links: what can be built on a network that loses, doubles, reorders and corrupts messages.

pub mod address;
pub mod fifo_link;
pub mod ip_multicast;
pub mod perfect_link;
pub mod sealed;
pub mod stubborn;
pub mod xcast;

use pepperland_core::fault::Fault;
use pepperland_core::history::{Channel, FailureModel};
use pepperland_core::implementation::{Groups, Implementation, Model};

/// Every link.
pub const ALL: &[&Implementation] = &[
    &perfect_link::ENTRY,
    &ip_multicast::ANY_SOURCE,
    &ip_multicast::SOURCE_SPECIFIC,
    &xcast::ENTRY,
    &fifo_link::ENTRY,
];

/// Nodes that crash and come back with nothing, on a network that only promises that what is sent
/// again and again arrives in the end.
pub const FAIR_LOSS_AND_RESTARTS: Model = Model {
    failures: FailureModel::CrashRecovery,
    channel: Channel::FairLoss,
    tolerates: &[
        Fault::Crash,
        Fault::Recovery,
        Fault::Loss,
        Fault::Delay,
        Fault::Reorder,
        Fault::Duplication,
        Fault::Corruption,
        Fault::Partition,
        Fault::Pause,
        Fault::Clock,
    ],
    groups: Groups::Open,
    ..Model::ASYNCHRONOUS
};
