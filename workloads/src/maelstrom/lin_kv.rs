//! A store of registers: clients read, write, and compare and swap, a few keys at a time. Values
//! are few, so that swaps come to find what they look for.

use crate::maelstrom::SOURCE;
use crate::maelstrom::rotation::Rotation;
use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::Stream;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "lin-kv",
    statement: "clients read, write, and compare and swap the values of a few keys",
    source: SOURCE,
    layout: Layout::Everybody,
    plan,
    last: Last::Planned(reads),
    judged: &["lin-kv"],
};

const KEYS: Rotation = Rotation { at_once: 2, pace: 20 };
const VALUES: u64 = 5;
/// So many keys are read in the end.
const READ_LAST: u64 = 20;

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    operations(stage, stream, operation)
}

/// As many reads as others, and of those twice as many swaps as writes.
fn operation(number: u64, stream: &mut Stream) -> String {
    let key = KEYS.pick(number, stream);
    match stream.below(6) {
        0 => {
            let value = stream.below(VALUES);
            format!(r#"{{"f":"write","key":{key},"value":{value}}}"#)
        }
        1 | 2 => {
            let (from, to) = (stream.below(VALUES), stream.below(VALUES));
            format!(r#"{{"f":"cas","key":{key},"from":{from},"to":{to}}}"#)
        }
        _ => read(key),
    }
}

fn reads(stage: &Stage) -> Vec<String> {
    KEYS.latest(stage, READ_LAST).map(read).collect()
}

fn read(key: u64) -> String {
    format!(r#"{{"f":"read","key":{key}}}"#)
}
