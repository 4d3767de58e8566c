//! What a program can do: it is started once, asked, and ended.

use crate::features::{Features, OFFERED};
use crate::kept::Keeper;
use crate::program::Program;
use crate::services;
use crate::stepped::broken::Broken;
use crate::stepped::fleet::PATIENCE;
use crate::stepped::pipes::Pipes;
use crate::stepped::timed::timed_line;
use crate::wire::Envelope;
use crate::words::{Asked, Init, Numbered};
use pepperland_core::time::Time;
use serde_json::{Map, Value, json};
use std::ops::ControlFlow;
use std::time::Duration;

/// A program cannot be a node.
#[derive(Debug, thiserror::Error)]
#[error("{program} is no node program: {why}")]
pub struct Unfit {
    /// The program.
    pub program: String,
    /// Why, and how to mend it.
    pub why: String,
}

/// Starts the program as the only node there is, and reads what it asks for. One that asks a
/// service before it is ready may wait for the answer: it asks for nothing, and lives in real time.
///
/// # Errors
/// If it cannot be started, does not answer `init`, or asks for what is not offered.
pub fn features_of(program: &Program, keeper: &Keeper) -> Result<Features, Unfit> {
    features_within(program, keeper, PATIENCE)
}

/// The same, where the program may take so long to answer.
///
/// # Errors
/// As of [`features_of`].
pub fn features_within(
    program: &Program,
    keeper: &Keeper,
    patience: Duration,
) -> Result<Features, Unfit> {
    let unfit = |why: String| Unfit { program: program.path.display().to_string(), why };
    let folder =
        tempfile::tempdir().map_err(|error| unfit(format!("no folder for it: {error}")))?;
    let mut pipes =
        Pipes::start(program, keeper, folder.path()).map_err(|broken| unfit(broken.to_string()))?;
    let mut ready = None;
    let asked = pipes.ask(&hello(), patience, |line| {
        ready = init_ok(line)?.or_else(|| asks_a_service(line).then(|| json!({})));
        Ok(if ready.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    });
    let log = pipes.last_words();
    let log = if log.is_empty() { log } else { format!("; the last of its log:\n{log}") };
    asked.map_err(|broken| unfit(format!("{broken}{log}")))?;
    let ready = ready.ok_or_else(|| unfit("it has not answered init".to_owned()))?;
    Features::read(&ready, &OFFERED).map_err(unfit)
}

fn hello() -> Vec<u8> {
    let only = vec!["n1".to_owned()];
    let init = Init {
        node_id: "n1".to_owned(),
        groups: Map::from_iter([("g1".to_owned(), Value::from(only.clone()))]),
        node_ids: only,
        features: OFFERED.map(str::to_owned).into(),
        ..Init::default()
    };
    let body = Numbered { asked: Asked::Init(Box::new(init)), msg_id: Some(1) };
    timed_line("c0", "n1", Time::ZERO, &body)
}

/// The body of a line, if it answers `init`.
fn init_ok(line: &[u8]) -> Result<Option<Value>, Broken> {
    let envelope = Envelope::read(line)
        .map_err(|error| Broken::rubbish(line, format!("which is no message: {error}")))?;
    let body: Value = serde_json::from_str(envelope.body.get()).unwrap_or_default();
    match body["in_reply_to"] == json!(1) {
        true if body["type"] == "init_ok" => Ok(Some(body)),
        true => Err(Broken::rubbish(line, "and not init_ok")),
        false => Ok(None),
    }
}

fn asks_a_service(line: &[u8]) -> bool {
    Envelope::read(line).is_ok_and(|envelope| services::NAMES.contains(&&*envelope.dest))
}
