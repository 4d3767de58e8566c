//! Counters: clients add to a number at one node and read it at another.

use crate::maelstrom::{READ, SOURCE};
use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// A counter that only grows.
pub const GROWING: Workload = Workload {
    name: "g-counter",
    statement: "clients add to a counter that only grows, and read it",
    source: SOURCE,
    layout: Layout::Everybody,
    plan: |stage, stream| additions(0, stage, stream),
    last: Last::Operations(&[READ]),
    judged: &["counter-bounds"],
};

/// A counter that grows and shrinks.
pub const BOTH_WAYS: Workload = Workload {
    name: "pn-counter",
    statement: "clients add to a counter and take from it, and read it",
    plan: |stage, stream| additions(5, stage, stream),
    ..GROWING
};

/// At most this much is added at once.
const MOST: i64 = 4;

/// Additions of at least minus `taken`, and reads.
fn additions(taken: i64, stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    operations(stage, stream, |_, stream| match stream.chance(PerMillion::percent(50)) {
        true => {
            let delta = stream.between(0, (taken + MOST) as u64) as i64 - taken;
            format!(r#"{{"f":"add","delta":{delta}}}"#)
        }
        false => READ.to_owned(),
    })
}
