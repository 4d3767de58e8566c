//! Maelstrom's workloads: operations that clients ask of the nodes of a service, one by one.
//!
//! The requests and their answers are Maelstrom's (docs/line-protocol.md); how often, when and of
//! which keys is ours: all within the faults, at random nodes. After the heal every node is asked
//! for what it holds. A body that its client completes, such as a poll, is told of at its workload.

pub mod broadcast;
pub mod counters;
pub mod echo;
pub mod g_set;
pub mod kafka;
pub mod lin_kv;
mod rotation;
mod topology;
pub mod transactions;
pub mod unique_ids;

use pepperland_core::workload::Workload;

/// Every workload of Maelstrom's.
pub const ALL: &[&Workload] = &[
    &echo::ENTRY,
    &unique_ids::ENTRY,
    &broadcast::ENTRY,
    &g_set::ENTRY,
    &counters::GROWING,
    &counters::BOTH_WAYS,
    &lin_kv::ENTRY,
    &transactions::LIST_APPEND,
    &transactions::RW_REGISTER,
    &kafka::ENTRY,
];

/// Where they come from.
const SOURCE: &str = "Maelstrom, doc/workloads.md";
/// What a list or a number is read with.
const READ: &str = r#"{"f":"read"}"#;
