//! Schedules as files: a header, then one step or disturbance a line.

use crate::id::{GroupId, NetworkId, NodeId};
use crate::names::did_you_mean;
use crate::schedule::keys::{Line, LineKind, Problem, node_list};
use crate::schedule::{Disturbance, FORMAT, Fate, Frame, Schedule, Step, Trouble, When};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A schedule file is not one.
#[derive(Debug, Clone, Eq, PartialEq, thiserror::Error)]
#[error("line {line}{}: {problem}", column_text(.column))]
pub struct ScheduleError {
    /// Which line, from 1.
    pub line: usize,
    /// Which column, from 1; 0 where the whole line is meant.
    pub column: usize,
    /// What is wrong with it, and how to mend it.
    pub problem: String,
}

fn column_text(column: &usize) -> String {
    if *column == 0 { String::new() } else { format!(", column {column}") }
}

impl Schedule {
    /// The schedule as JSON lines.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |value: serde_json::Result<String>| {
            writeln!(text, "{}", value.expect("a schedule has a JSON form"))
                .expect("a string grows");
        };
        line(serde_json::to_string(&self.header));
        self.steps.iter().for_each(|step| line(serde_json::to_string(step)));
        self.disturbances.iter().for_each(|fault| line(serde_json::to_string(fault)));
        text
    }

    /// Reads a schedule from JSON lines.
    ///
    /// # Errors
    /// [`ScheduleError`], with the place and the mend.
    pub fn from_text(text: &str) -> Result<Schedule, ScheduleError> {
        let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        let mut lines = lines.map(|(text, number)| Numbered { text, number });
        let empty = Numbered { text: "", number: 1 };
        let first = lines.next().ok_or_else(|| empty.error((None, "the file is empty".into())))?;
        let header = first.header()?;
        let mut schedule = Schedule { header, steps: Vec::new(), disturbances: Vec::new() };
        let mut steps = Vec::new();
        for line in lines {
            let parsed = Line::parse(line.text).map_err(|problem| line.error(problem))?;
            match parsed.check(&schedule.header).map_err(|problem| line.error(problem))? {
                LineKind::Step => {
                    check_when(&parsed).map_err(|problem| line.error(problem))?;
                    schedule.steps.push(line.typed()?);
                    steps.push((line, parsed));
                }
                LineKind::Disturbance => {
                    let disturbance = line.typed()?;
                    check_order(&parsed, &disturbance).map_err(|problem| line.error(problem))?;
                    schedule.disturbances.push(disturbance);
                }
            }
        }
        check_references(&schedule.steps, &steps)?;
        Ok(schedule)
    }
}

/// A line of the file.
struct Numbered<'a> {
    text: &'a str,
    number: usize,
}

impl Numbered<'_> {
    /// The error in this line. Columns count characters, as editors do.
    fn error(&self, (at, problem): Problem) -> ScheduleError {
        let characters =
            |at: usize| self.text.bytes().take(at).filter(|b| b & 0xc0 != 0x80).count();
        let column = at.map_or(0, |at| characters(at) + 1);
        ScheduleError { line: self.number, column, problem }
    }

    fn header(&self) -> Result<Frame, ScheduleError> {
        if self.typed::<Value>()?.get("format").is_none() {
            let start = format!("{{\"format\":\"{FORMAT}\",\"version\":1,…}}");
            let problem = format!("this is no header; a schedule starts with {start}");
            return Err(self.error((None, problem)));
        }
        let header = self.typed()?;
        check_header(&header).map_err(|problem| self.error((None, problem)))?;
        Ok(header)
    }

    fn typed<T: DeserializeOwned>(&self) -> Result<T, ScheduleError> {
        serde_json::from_str(self.text).map_err(|error| {
            let full = error.to_string();
            let problem = full.split(" at line ").next().unwrap_or(&full);
            self.error((Some(error.column().saturating_sub(1)), plainly(problem)))
        })
    }
}

/// What `serde` says, without the names of our types: of a word it does not know, with the nearest
/// right one.
fn plainly(problem: &str) -> String {
    if let Some(field) = problem.strip_prefix("missing field ") {
        return format!("{} is missing", field.replace('`', "\""));
    }
    if let Some((wrong, number)) = problem.split_once(", expected ")
        && ["u32", "u64", "usize"].contains(&number)
    {
        let most = if number == "u32" { u64::from(u32::MAX) } else { u64::MAX };
        return format!("{wrong}, expected a whole number from 0 to {most}");
    }
    let mut words = problem.split('`').skip(1).step_by(2);
    match (problem.starts_with("unknown "), words.next()) {
        (true, Some(wrong)) if wrong.len() <= 100 => {
            let what = if problem.starts_with("unknown field") { "key" } else { "word" };
            format!("\"{wrong}\" is no {what} here{}", did_you_mean(wrong, words))
        }
        _ => problem.to_owned(),
    }
}

fn check_when(step: &Line) -> Result<(), Problem> {
    match (step.at("at"), step.at("on"), step.at("after")) {
        (Some(_), Some(on), _) => {
            Err((Some(on), "a step has either \"at\" or \"on\", not both".to_owned()))
        }
        (None, None, _) => Err((None, "a step needs either \"at\" or \"on\"".to_owned())),
        (Some(_), None, Some(after)) => {
            Err((Some(after), "\"after\" goes with \"on\", not with \"at\"".to_owned()))
        }
        _ => Ok(()),
    }
}

fn check_order(line: &Line, disturbance: &Disturbance) -> Result<(), Problem> {
    if let Some(until) = disturbance.until.filter(|until| *until < disturbance.at) {
        let problem = format!("\"until\" is {}, before \"at\", {}", until.0, disturbance.at.0);
        return Err((line.at("until"), problem));
    }
    match disturbance.trouble {
        Trouble::Delay { least, most, .. } if least > most => {
            Err((line.at("least"), "\"least\" is greater than \"most\"".to_owned()))
        }
        Trouble::Strike { from, to, network: NetworkId::CONTROLLED, fate, .. } => {
            let (what, may) = match from == to {
                true => ("a write", fate.is_a_lie()),
                false => ("one reader's copy of a write", matches!(fate, Fate::Delay { .. })),
            };
            let problem = format!(
                "{what} cannot suffer this: on network 1 a lie befalls the write (\"to\" is the \
                 writer), and a delay one reader's copy (\"to\" is another)"
            );
            if may { Ok(()) } else { Err((line.at("fate"), problem)) }
        }
        _ => Ok(()),
    }
}

/// Clients are the first nodes and servers the others, and each are a group.
fn check_roles(header: &Frame) -> Result<(), String> {
    let (clients, nodes) = (header.clients, header.nodes);
    if clients == 0 {
        return Ok(());
    }
    if clients >= nodes {
        return Err(format!("of {nodes} nodes {clients} are clients, and none is a server"));
    }
    let roles = [0..clients, clients..nodes].map(|some| some.map(NodeId).collect::<Vec<_>>());
    match header.groups == roles {
        true => Ok(()),
        false => Err(format!(
            "with {clients} clients, \"groups\" must be two: g1 the clients, the first nodes, and g2 \
             the servers, all others"
        )),
    }
}

/// Holds the steps against one another; `lines` are theirs.
fn check_references(steps: &[Step], lines: &[(Numbered<'_>, Line)]) -> Result<(), ScheduleError> {
    let mut known = BTreeMap::new();
    for (step, (line, parsed)) in steps.iter().zip(lines) {
        if let Some(earlier) = known.insert(step.id, line.number) {
            let problem = format!("the step in line {earlier} has the id {} already", step.id);
            return Err(line.error((parsed.at("id"), problem)));
        }
    }
    for (step, (line, parsed)) in steps.iter().zip(lines) {
        let problem = match step.when {
            When::Upon { of, .. } if of == step.id => format!("step {of} waits for itself"),
            When::Upon { of, .. } if !known.contains_key(&of) => {
                format!("step {} waits for step {of}, which does not exist", step.id)
            }
            _ => continue,
        };
        return Err(line.error((parsed.at("on"), problem)));
    }
    Ok(())
}

fn check_header(header: &Frame) -> Result<(), String> {
    if header.format != FORMAT {
        return Err(format!("\"format\" is \"{}\", not \"{FORMAT}\"", header.format));
    }
    if header.version != 1 {
        let version = header.version;
        return Err(format!("\"version\" is {version}; this release reads version 1"));
    }
    let problem = if header.nodes == 0 {
        "a schedule needs at least one node"
    } else if header.network.min_latency > header.network.max_latency {
        "\"min_latency\" is greater than \"max_latency\""
    } else if header.network.promised_latency() < header.network.max_latency {
        "\"promised\" is less than \"max_latency\""
    } else if header.reseed.is_some_and(|reseed| reseed.min_latency > reseed.max_latency) {
        "of \"reseed\", \"min_latency\" is greater than \"max_latency\""
    } else if header.controlled.is_some_and(|writes| writes.min_latency > writes.max_latency) {
        "of \"controlled\", \"min_latency\" is greater than \"max_latency\""
    } else if header.end < header.heal_at {
        "\"end\" is before \"heal_at\""
    } else {
        return check_groups(header);
    };
    Err(problem.to_owned())
}

fn check_groups(header: &Frame) -> Result<(), String> {
    check_roles(header)?;
    for (group, members) in (0..).map(GroupId).zip(&header.groups) {
        if let Some(stranger) = members.iter().find(|node| node.0 >= header.nodes) {
            let nodes = node_list(header.nodes);
            return Err(format!("{group} holds \"{stranger}\"; a member must be {nodes}"));
        }
        let twice = |(i, node)| members[..i].contains(node);
        if let Some((_, node)) = members.iter().enumerate().find(|member| twice(*member)) {
            return Err(format!("{group} holds {node} twice"));
        }
        if members.is_empty() && !header.changing {
            return Err(format!("{group} has no members"));
        }
    }
    Ok(())
}
