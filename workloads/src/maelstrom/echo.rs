//! Echo: a node answers with the value that it was sent.

use crate::maelstrom::SOURCE;
use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::Stream;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "echo",
    statement: "clients send values and want them back",
    source: SOURCE,
    layout: Layout::Everybody,
    plan,
    last: Last::Operations(&[r#"{"f":"echo","echo":"Please echo at last"}"#]),
    judged: &["echo"],
};

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    operations(stage, stream, |_, stream| {
        format!(r#"{{"f":"echo","echo":"Please echo {}"}}"#, stream.below(128))
    })
}
