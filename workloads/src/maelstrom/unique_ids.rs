//! Unique ids: a node makes up a name that no node ever made up before.

use crate::maelstrom::SOURCE;
use crate::steps::operations;
use pepperland_core::schedule::Step;
use pepperland_core::seed::Stream;
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "unique-ids",
    statement: "clients ask for ids, no two of which may be the same",
    source: SOURCE,
    layout: Layout::Everybody,
    plan,
    last: Last::Operations(&[GENERATE]),
    judged: &["unique-ids"],
};

const GENERATE: &str = r#"{"f":"generate"}"#;

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    operations(stage, stream, |_, _| GENERATE.to_owned())
}
