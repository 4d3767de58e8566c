//! A set that only grows: clients add elements at one node and read them at another.

use crate::maelstrom::{READ, SOURCE, broadcast};
use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "g-set",
    statement: "clients add elements to a set that only grows, and read it",
    source: SOURCE,
    layout: Layout::Everybody,
    plan,
    last: Last::Operations(&[READ]),
    judged: broadcast::ENTRY.judged,
};

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    operations(stage, stream, |number, stream| match stream.chance(PerMillion::percent(50)) {
        true => format!(r#"{{"f":"add","element":{number}}}"#),
        false => READ.to_owned(),
    })
}
