//! Operations on registers that a history tells of.

use pepperland_core::checker::Given;
use pepperland_core::history::{Event, History, Kind};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the history must be of.
pub const WORKLOAD: Given = Given::Workload("register-network");

/// The reason where it is of something else.
pub const ELSEWHERE: &str = "the workload is not register-network";

/// An operation on a register.
#[derive(Clone, Debug)]
pub struct Op {
    /// The register, as JSON.
    pub key: String,
    /// The value, as JSON, if it is a write.
    pub writes: Option<String>,
}

/// An operation from its invocation on.
pub struct Call {
    /// What was asked for.
    pub op: Op,
    /// When.
    pub invoke: u32,
    /// The response, if one came.
    pub response: Option<u32>,
    /// What became of it.
    pub end: End,
}

/// What became of an operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum End {
    /// It was done; a read returned this, as JSON.
    Done(Option<String>),
    /// It was not done.
    Failed,
    /// It may or may not be done some time.
    Unknown,
}

/// The operation that an object asks for: `{"f":"write","key":…,"value":…}` or a read.
pub fn op(value: &Value) -> Option<Op> {
    let key = value.get("key")?.to_string();
    match value.get("f")?.as_str()? {
        "write" => Some(Op { key, writes: Some(value.get("value")?.to_string()) }),
        "read" => Some(Op { key, writes: None }),
        _ => None,
    }
}

/// The calls of a history. One client has one open at a time.
pub fn calls(history: &History) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for event in history.events() {
        let Some(client) = event.field("client").and_then(Value::as_str) else { continue };
        match event.kind() {
            Kind::Invoke => {
                open.remove(client);
                if let Some(op) = event.field("op").and_then(op) {
                    open.insert(client, calls.len());
                    let (invoke, end) = (event.id.0, End::Unknown);
                    calls.push(Call { op, invoke, response: None, end });
                }
            }
            Kind::Response => {
                if let Some(call) = open.remove(client) {
                    calls[call].response = Some(event.id.0);
                    calls[call].end = end(&calls[call].op, event);
                }
            }
            _ => {}
        }
    }
    calls
}

fn end(op: &Op, response: Event<'_>) -> End {
    let value = || response.field("result").and_then(|result| result.get("value"));
    match response.field("status").and_then(Value::as_str) {
        Some("ok") if op.writes.is_some() => End::Done(None),
        Some("ok") => value().map_or(End::Unknown, |value| End::Done(Some(value.to_string()))),
        Some("fail") => End::Failed,
        _ => End::Unknown,
    }
}
