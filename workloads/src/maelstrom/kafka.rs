//! Logs, one for each key: clients append messages, poll what others have appended, and commit how
//! far they have read.
//!
//! Where a client reads on depends on what it has read, so a poll is planned as the keys alone,
//! `{"f":"poll","keys":["4","5"]}`, and its client makes it `{"f":"poll","offsets":{"4":7,"5":0}}`;
//! `{"f":"commit_offsets"}` gets the highest offsets that the client has polled. A client that has
//! not read a log yet starts it after the offset it last heard was committed, else at 0.
//! `{"f":"poll","from":"start","keys":[…]}` reads the logs again from offset 0, in as many polls as
//! it takes: it goes on where the last one of its kind ended, until one brings nothing new.

use crate::maelstrom::SOURCE;
use crate::maelstrom::rotation::Rotation;
use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::Stream;
use pepperland_core::workload::{Last, Layout, Stage, Workload};
use std::ops::Range;

/// The record.
pub const ENTRY: Workload = Workload {
    name: "kafka",
    statement: "clients append to logs, poll them, and commit how far they have read",
    source: SOURCE,
    layout: Layout::Everybody,
    plan,
    last: Last::Planned(from_the_start),
    judged: &[
        "lost-write",
        "unobserved",
        "nonmonotonic-poll",
        "nonmonotonic-send",
        "poll-skip",
        "duplicate",
        "poll-creation",
    ],
};

const KEYS: Rotation = Rotation { at_once: 4, pace: 30 };

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    operations(stage, stream, operation)
}

/// As many messages as others; most of those are polls.
fn operation(number: u64, stream: &mut Stream) -> String {
    match stream.below(16) {
        0..8 => {
            let key = KEYS.pick(number, stream);
            format!(r#"{{"f":"send","key":"{key}","msg":{number}}}"#)
        }
        8..14 => format!(r#"{{"f":"poll","keys":{}}}"#, names(KEYS.in_use(number))),
        14 => r#"{"f":"commit_offsets"}"#.to_owned(),
        _ => {
            let keys = names(KEYS.in_use(number));
            format!(r#"{{"f":"list_committed_offsets","keys":{keys}}}"#)
        }
    }
}

fn from_the_start(stage: &Stage) -> Vec<String> {
    let keys = names(KEYS.latest(stage, u64::MAX));
    vec![format!(r#"{{"f":"poll","from":"start","keys":{keys}}}"#)]
}

/// Keys are strings of digits.
fn names(keys: Range<u64>) -> String {
    let names: Vec<String> = keys.map(|key| format!(r#""{key}""#)).collect();
    format!("[{}]", names.join(","))
}
