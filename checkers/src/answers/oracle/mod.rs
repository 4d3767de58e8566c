//! The properties of answers once more, straight from their definitions.

mod logs;
mod sets;

use crate::crosscheck::definition;
use crate::crosscheck::draft::{certainly_before, field, ruling};
use pepperland_core::history::{FailureModel, History, Kind, NONE};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// One operation.
#[derive(Clone, Debug)]
pub struct Op {
    pub invoke: usize,
    pub response: Option<usize>,
    pub client: String,
    pub node: Option<usize>,
    pub ok: bool,
    pub failed: bool,
    pub op: Value,
    pub result: Value,
}

/// Every operation, in the order of the file.
pub fn ops(history: &History) -> Vec<Op> {
    let invokes = (0..history.len()).filter(|e| history.kinds()[*e] == Kind::Invoke);
    invokes.map(|invoke| op(history, invoke)).collect()
}

fn op(history: &History, invoke: usize) -> Op {
    let client = |e: usize| field(history, e, "client").cloned().unwrap_or_default();
    let of_client = |e: &usize| {
        matches!(history.kinds()[*e], Kind::Invoke | Kind::Response) && client(*e) == client(invoke)
    };
    let next = (invoke + 1..history.len()).find(of_client);
    let response = next.filter(|e| history.kinds()[*e] == Kind::Response);
    let at = |e: usize| Some(history.nodes()[e]).filter(|n| *n != NONE).map(|n| n as usize);
    let nodes = [at(invoke), response.and_then(at)];
    let lies = |n: &usize| history.header.byzantine.contains(&history.header.nodes[*n]);
    let void = nodes.iter().flatten().any(lies);
    let told = |key| response.and_then(|r| field(history, r, key).cloned()).unwrap_or_default();
    let (status, result) = (told("status"), told("result"));
    let error = status == "ok" && result["f"] == "error";
    let definite = [1, 10, 11, 12, 14, 20, 21, 22, 30].iter().any(|code| result["code"] == *code);
    Op {
        invoke,
        response,
        client: client(invoke).to_string(),
        node: nodes[0].or(nodes[1]),
        ok: !void && status == "ok" && !error,
        failed: !void && (status == "fail" || error && definite),
        op: field(history, invoke, "op").cloned().unwrap_or_default(),
        result,
    }
}

impl Op {
    pub fn is(&self, f: &str) -> bool {
        self.op["f"] == f
    }

    /// It had been answered before the other one began.
    pub fn precedes(&self, other: &Op, history: &History) -> bool {
        self.response.is_some_and(|ended| certainly_before(history, ended, other.invoke))
    }

    /// It could not change anything more once the other one began.
    fn is_settled_before(&self, other: &Op, history: &History) -> bool {
        let asked = certainly_before(history, self.invoke, other.invoke);
        self.failed || if self.ok { self.precedes(other, history) } else { asked }
    }

    /// The node that was asked, or else the client.
    fn place(&self) -> (Option<usize>, String) {
        let client = if self.node.is_none() { self.client.clone() } else { String::new() };
        (self.node, client)
    }

    /// Where it began in time.
    fn begin(&self, history: &History) -> u64 {
        match history.header.clock {
            pepperland_core::history::Clock::Virtual => self.invoke as u64,
            pepperland_core::history::Clock::Real => history.times()[self.invoke].0,
        }
    }

    /// It began after faults had stopped and after all of these could change anything.
    pub fn is_late(&self, history: &History, changes: &[&Op]) -> bool {
        let healed = history.header.heal_at.is_none_or(|heal| history.times()[self.invoke] >= heal);
        healed && changes.iter().all(|change| change.is_settled_before(self, history))
    }
}

/// The node is up in the end; for good in a model where nodes do not come back.
pub fn is_correct(history: &History, node: usize) -> bool {
    let at = |kind| definition::Oracle::of(history).at(node, kind).last();
    let (down, back) = (at(Kind::Crash), at(Kind::Recover));
    let returns = history.header.failure_model != FailureModel::CrashStop;
    let lies = history.header.byzantine.contains(&history.header.nodes[node]);
    !lies && (down.is_none() || returns && back > down)
}

/// The last of these at each place, of those that began late and at nodes that are there.
pub fn finals<'o>(history: &History, reads: &[&'o Op], changes: &[&Op]) -> Vec<&'o Op> {
    let late: Vec<&Op> = reads.iter().copied().filter(|r| r.is_late(history, changes)).collect();
    let is_later = |a: &Op, b: &Op| {
        (a.begin(history), a.invoke) > (b.begin(history), b.invoke) && a.place() == b.place()
    };
    let is_last = |read: &&&Op| !late.iter().any(|other| is_later(other, read));
    let stays = |read: &&&Op| read.node.is_none_or(|node| is_correct(history, node));
    late.iter().filter(is_last).filter(stays).copied().collect()
}

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let all = ops(history);
    match property {
        "echo" => {
            let done = all.iter().filter(|op| op.is("echo") && op.ok && op.result.is_object());
            let same = done.map(|op| op.result.get("echo") == op.op.get("echo"));
            ruling(&same.collect::<Vec<_>>())
        }
        "unique-ids" => {
            let ids = all.iter().filter(|op| op.is("generate") && op.ok);
            let ids: Vec<&Value> = ids.filter_map(|op| op.result.get("id")).collect();
            let again = |i: &usize| ids[..*i].contains(&ids[*i]);
            ruling(&(0..ids.len()).map(|i| !again(&i)).collect::<Vec<_>>())
        }
        "counter-bounds" => counter_bounds(history, &all),
        _ if property.starts_with("set-") => sets::rule(property, history, &all),
        _ => logs::rule(property, history, &all),
    }
}

/// Some subset of the unknown additions explains each final read.
fn counter_bounds(history: &History, all: &[Op]) -> Ruling {
    if !history.header.complete {
        return Ruling::Undecided;
    }
    let adds: Vec<&Op> = all.iter().filter(|op| op.is("add")).collect();
    let reads: Vec<&Op> = all.iter().filter(|op| op.is("read") && op.ok).collect();
    let delta = |op: &&&Op| op.op["delta"].as_i64().unwrap();
    let certain: i64 = adds.iter().filter(|op| op.ok).map(|op| delta(&op)).sum();
    let unknown: Vec<i64> =
        adds.iter().filter(|op| !op.ok && !op.failed).map(|op| delta(&op)).collect();
    let is_sum = |read: &&Op| {
        (0..1_u32 << unknown.len()).any(|subset| {
            let some = (0..unknown.len()).filter(|i| subset & 1 << i != 0);
            read.result["value"] == certain + some.map(|i| unknown[i]).sum::<i64>()
        })
    };
    let finals = finals(history, &reads, &adds);
    ruling(&finals.iter().map(is_sum).collect::<Vec<_>>())
}
