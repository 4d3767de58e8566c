//! Schedules as files: a header, then one step or disturbance a line.

use crate::id::NodeId;
use crate::schedule::{Disturbance, FORMAT, Frame, Schedule, Step, Trouble, When};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;

/// A schedule file is not one.
#[derive(Debug, Clone, Eq, PartialEq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ScheduleError {
    /// Which line, from 1.
    pub line: usize,
    /// Which column, from 1; 0 where the whole line is meant.
    pub column: usize,
    /// What is wrong with it, and how to mend it.
    pub problem: String,
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
        let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line));
        let mut lines = lines.by_ref().filter(|(_, line)| !line.trim().is_empty());
        let missing = || ScheduleError { line: 1, column: 0, problem: "the file is empty".into() };
        let (number, first) = lines.next().ok_or_else(missing)?;
        let header = parse::<Frame>(number, first)?;
        check_header(number, &header)?;
        let mut schedule = Schedule { header, steps: Vec::new(), disturbances: Vec::new() };
        for (number, line) in lines {
            schedule.take(number, line)?;
        }
        schedule.check_references()?;
        Ok(schedule)
    }

    fn take(&mut self, number: usize, line: &str) -> Result<(), ScheduleError> {
        let value: Value = parse(number, line)?;
        if value.get("fault").is_some() {
            let disturbance: Disturbance = parse(number, line)?;
            self.check_nodes(number, named_by(&disturbance.trouble))?;
            self.disturbances.push(disturbance);
        } else if value.get("do").is_some() {
            let step: Step = parse(number, line)?;
            self.check_nodes(number, vec![step.node])?;
            self.steps.push(step);
        } else {
            let problem = "a line is a step with \"do\" or a disturbance with \"fault\"".into();
            return Err(ScheduleError { line: number, column: 0, problem });
        }
        Ok(())
    }

    fn check_nodes(&self, line: usize, nodes: Vec<NodeId>) -> Result<(), ScheduleError> {
        match nodes.into_iter().find(|node| node.0 >= self.header.nodes) {
            None => Ok(()),
            Some(node) => {
                let problem = format!("there is no {node} among {} nodes", self.header.nodes);
                Err(ScheduleError { line, column: 0, problem })
            }
        }
    }

    fn check_references(&self) -> Result<(), ScheduleError> {
        let mut ids = BTreeSet::new();
        for step in &self.steps {
            if !ids.insert(step.id) {
                let problem = format!("two steps have the id {}", step.id);
                return Err(ScheduleError { line: 0, column: 0, problem });
            }
        }
        let dangling = self.steps.iter().find_map(|step| match step.when {
            When::Upon { of, .. } if !ids.contains(&of) => Some((step.id, of)),
            _ => None,
        });
        match dangling {
            None => Ok(()),
            Some((id, of)) => {
                let problem = format!("step {id} waits for step {of}, which does not exist");
                Err(ScheduleError { line: 0, column: 0, problem })
            }
        }
    }
}

fn check_header(line: usize, header: &Frame) -> Result<(), ScheduleError> {
    let problem = if header.format != FORMAT {
        format!("\"format\" is \"{}\", not \"{FORMAT}\"", header.format)
    } else if header.version != 1 {
        format!("version {} is not known to this release, which reads version 1", header.version)
    } else if header.nodes == 0 {
        "a schedule needs at least one node".to_owned()
    } else if header.network.min_latency > header.network.max_latency {
        "\"min_latency\" is greater than \"max_latency\"".to_owned()
    } else if header.end < header.heal_at {
        "\"end\" is before \"heal_at\"".to_owned()
    } else {
        return Ok(());
    };
    Err(ScheduleError { line, column: 0, problem })
}

fn named_by(trouble: &Trouble) -> Vec<NodeId> {
    match trouble {
        Trouble::Strike { from, to, .. } => vec![*from, *to],
        Trouble::Crash { node, .. } | Trouble::Pause { node } | Trouble::Skew { node, .. } => {
            vec![*node]
        }
        other => other.links().map(|links| links.nodes().collect()).unwrap_or_default(),
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(line: usize, text: &'a str) -> Result<T, ScheduleError> {
    serde_json::from_str(text).map_err(|error| {
        let full = error.to_string();
        let problem = full.split(" at line ").next().unwrap_or(&full).to_owned();
        ScheduleError { line, column: error.column(), problem }
    })
}
