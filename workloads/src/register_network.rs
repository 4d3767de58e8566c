//! Register network: clients at all nodes write registers and read them. No two writes have the
//! same value, so that what is read says which write it was.

use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::Stream;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "register-network",
    statement: "clients at all nodes write a few registers and read them",
    source: "Lamport 1986",
    layout: Layout::Everybody,
    plan,
    last: Last::Planned(reads),
    judged: &["register-contract", "register-write-order", "register-completeness"],
};

/// How many registers there are.
const KEYS: u64 = 3;

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    operations(stage, stream, operation)
}

/// As many reads as writes.
fn operation(number: u64, stream: &mut Stream) -> String {
    let key = stream.below(KEYS);
    match stream.below(2) {
        0 => format!(r#"{{"f":"write","key":{key},"value":{number}}}"#),
        _ => read(key),
    }
}

fn reads(_: &Stage) -> Vec<String> {
    (0..KEYS).map(read).collect()
}

fn read(key: u64) -> String {
    format!(r#"{{"f":"read","key":{key}}}"#)
}
