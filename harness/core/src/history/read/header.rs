//! The first line.

use super::{Problem, clip, meant};
use crate::history::{FORMAT, Header};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every key of a header.
const KEYS: &[&str] = &[
    "format",
    "version",
    "nodes",
    "groups",
    "failure_model",
    "byzantine",
    "heal_at",
    "end",
    "complete",
    "clock",
    "clock_error",
    "contract",
    "workload",
    "initial",
    "names",
    "about",
];

pub(super) fn read(line: &str) -> Result<Header, Problem> {
    if line.trim().is_empty() {
        let what = "there is no header; a history starts with";
        return Err(Problem::somewhere(format!("{what} {}", example())));
    }
    let value: Value = serde_json::from_str(line).map_err(|error| broken(line, error))?;
    check_version(&value)?;
    let header: Header = serde_json::from_str(line).map_err(|error| mended(line, &value, error))?;
    check_nodes(&header)?;
    Ok(header)
}

fn example() -> String {
    format!(r#"{{"format":"{FORMAT}","version":1,"nodes":["n1","n2"]}}"#)
}

fn check_version(value: &Value) -> Result<(), Problem> {
    let problem = match (value.get("format"), value.get("version")) {
        (None, _) => format!("this is no header; a history starts with {}", example()),
        (Some(Value::String(format)), _) if format != FORMAT => {
            format!("\"format\" is \"{}\"; it must be \"{FORMAT}\"", clip(format))
        }
        (Some(Value::String(_)), Some(version)) if version.as_u64() == Some(1) => return Ok(()),
        (Some(Value::String(_)), Some(version)) => {
            let version = clip(&version.to_string());
            format!("\"version\" is {version}; this release reads version 1")
        }
        (Some(Value::String(_)), None) => "\"version\" is missing; write \"version\":1".to_owned(),
        (Some(_), _) => format!("\"format\" must be \"{FORMAT}\""),
    };
    Err(Problem::somewhere(problem))
}

fn broken(line: &str, error: serde_json::Error) -> Problem {
    if error.is_eof() {
        return Problem::at(line.len(), "the header breaks off here");
    }
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    Problem::at(error.column().saturating_sub(1), text)
}

/// A key that is missing may stand there misspelt.
fn mended(line: &str, value: &Value, error: serde_json::Error) -> Problem {
    let missing = error.to_string().contains("missing field `nodes`");
    let mut problem = broken(line, error);
    if missing {
        let strange = value.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        let hint = meant("nodes", strange.filter(|key| !KEYS.contains(key)));
        let hint = hint.replace("did you mean", "is it meant by");
        problem = Problem::somewhere(format!("a header needs \"nodes\", the names of all{hint}"));
    }
    problem
}

fn check_nodes(header: &Header) -> Result<(), Problem> {
    let mut nodes = BTreeSet::new();
    if let Some(twice) = header.nodes.iter().find(|node| !nodes.insert(node.as_str())) {
        let problem = format!("the node \"{}\" is listed twice in \"nodes\"", clip(twice));
        return Err(Problem::somewhere(problem));
    }
    let unknown = |key: String, name: &str| {
        let hint = meant(name, nodes.iter().copied());
        let problem = format!("\"{}\" in {key} is not among the nodes{hint}", clip(name));
        Problem::somewhere(problem)
    };
    for (group, members) in &header.groups {
        if let Some(member) = members.iter().find(|node| !nodes.contains(node.as_str())) {
            return Err(unknown(format!("the group \"{}\"", clip(group)), member));
        }
    }
    match header.byzantine.iter().find(|node| !nodes.contains(node.as_str())) {
        Some(liar) => Err(unknown("\"byzantine\"".to_owned(), liar)),
        None => Ok(()),
    }
}
