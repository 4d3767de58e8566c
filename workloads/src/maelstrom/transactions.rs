//! Transactions: clients read and write a few keys at once, lists or registers. What is written is
//! written once, so that who reads a value tells which transaction it saw.

use crate::maelstrom::SOURCE;
use crate::maelstrom::rotation::Rotation;
use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::Stream;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// Transactions over lists.
pub const LIST_APPEND: Workload = Workload {
    name: "txn-list-append",
    statement: "transactions append to a few lists and read them",
    source: SOURCE,
    layout: Layout::Everybody,
    plan: |stage, stream| transactions("append", stage, stream),
    last: Last::Planned(reads),
    judged: &[
        "g0",
        "g1a",
        "g1b",
        "g1c",
        "g-single",
        "g2",
        "lost-update",
        "internal",
        "incompatible-order",
        "duplicate-elements",
    ],
};

/// Transactions over registers.
pub const RW_REGISTER: Workload = Workload {
    name: "txn-rw-register",
    statement: "transactions write a few registers and read them",
    plan: |stage, stream| transactions("w", stage, stream),
    judged: &["g0", "g1a", "g1b", "g1c", "g-single", "g2", "lost-update", "internal"],
    ..LIST_APPEND
};

const KEYS: Rotation = Rotation { at_once: 4, pace: 12 };
/// So many keys are read in the end, so many by one transaction.
const READ_LAST: u64 = 40;
const READ_AT_ONCE: usize = 8;
/// A transaction goes to so many keys at most, not all of them different.
const VISITS: u64 = 3;

fn transactions(write: &str, stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut written = 0;
    operations(stage, stream, |number, stream| {
        let visits = stream.between(1, VISITS);
        let parts: Vec<String> =
            (0..visits).flat_map(|_| visit(write, number, &mut written, stream)).collect();
        transaction(&parts)
    })
}

/// A read, a write, or a read and then a write: two who do that at once may lose an update, and
/// what was read tells in which order registers were written.
fn visit(write: &str, number: u64, written: &mut u64, stream: &mut Stream) -> Vec<String> {
    let key = KEYS.pick(number, stream);
    let kind = stream.below(3);
    let mut parts = Vec::with_capacity(2);
    if kind != 0 {
        parts.push(read(key));
    }
    if kind != 1 {
        *written += 1;
        parts.push(format!(r#"["{write}",{key},{written}]"#));
    }
    parts
}

fn reads(stage: &Stage) -> Vec<String> {
    let parts: Vec<String> = KEYS.latest(stage, READ_LAST).map(read).collect();
    parts.chunks(READ_AT_ONCE).map(transaction).collect()
}

fn read(key: u64) -> String {
    format!(r#"["r",{key},null]"#)
}

fn transaction(parts: &[String]) -> String {
    format!(r#"{{"f":"txn","txn":[{}]}}"#, parts.join(","))
}
