//! What clients see, from the definitions.

use super::{bound, text};
use crate::crosscheck::draft::{certainly_before, field, ruling};
use pepperland_core::history::{Clock, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::{Value, json};

/// One operation.
#[derive(Clone, Debug)]
pub struct Op {
    pub invoke: usize,
    pub response: Option<usize>,
    pub status: String,
    pub client: String,
    pub f: String,
    pub key: String,
    /// What it adds, writes or, if a read, shows.
    pub value: Value,
    pub version: Option<i128>,
}

/// Every operation, in the order of the file.
pub fn ops(history: &History) -> Vec<Op> {
    let invokes = (0..history.len()).filter(|e| history.kinds()[*e] == Kind::Invoke);
    invokes.map(|invoke| op(history, invoke)).collect()
}

fn op(history: &History, invoke: usize) -> Op {
    let client = |e: usize| text(field(history, e, "client"));
    let of_client = |e: &usize| {
        matches!(history.kinds()[*e], Kind::Invoke | Kind::Response) && client(*e) == client(invoke)
    };
    let next = (invoke + 1..history.len()).find(of_client);
    let response = next.filter(|e| history.kinds()[*e] == Kind::Response);
    let status = response.and_then(|r| field(history, r, "status")?.as_str());
    let op = field(history, invoke, "op").cloned().unwrap_or_default();
    let result = response.and_then(|r| field(history, r, "result").cloned()).unwrap_or_default();
    let f = op["f"].as_str().unwrap_or("").to_owned();
    let of = |from: &Value, keys: &[&str]| {
        keys.iter().find_map(|key| from.get(key).cloned()).unwrap_or(Value::Null)
    };
    let value = match f.as_str() {
        "read" => of(&result, &["value", "messages"]),
        _ => of(&op, &["element", "message", "to", "value", "delta"]),
    };
    Op {
        invoke,
        response,
        status: status.unwrap_or("unknown").to_owned(),
        client: client(invoke),
        key: text(op.get("key")),
        value,
        version: result["version"].as_u64().map(i128::from),
        f,
    }
}

impl Op {
    /// It had ended before the other one began, whichever way it ended.
    fn precedes(&self, other: &Op, history: &History) -> bool {
        let ended = self.response.filter(|_| self.status != "unknown");
        ended.is_some_and(|ended| certainly_before(history, ended, other.invoke))
    }

    fn is_update(&self) -> bool {
        self.f != "read"
    }

    fn is_ok(&self) -> bool {
        self.status == "ok"
    }
}

/// The largest set of failed requests no two of which fit into one interval is not too large.
pub fn bounded_outages(history: &History) -> Ruling {
    let limits = (bound(history, "outages"), bound(history, "outage"));
    let (Some(outages), Some(length)) = limits else { return Ruling::Undecided };
    if !history.header.complete {
        return Ruling::Undecided;
    }
    let real = history.header.clock == Clock::Real;
    let length = length + if real { history.header.clock_error.unwrap_or(0) } else { 0 };
    let all = ops(history);
    let failed = all.iter().filter(|op| op.status == "unknown");
    let at: Vec<u64> = failed.map(|op| history.times()[op.invoke].0).collect();
    let apart = |set: u32| {
        let some: Vec<u64> = (0..at.len()).filter(|i| set & (1 << i) != 0).map(|i| at[i]).collect();
        let close = |i: usize, j: usize| i != j && some[i].abs_diff(some[j]) <= length;
        !(0..some.len()).any(|i| (0..some.len()).any(|j| close(i, j)))
    };
    let broken = (0..1_u32 << at.len()).any(|s| u64::from(s.count_ones()) > outages && apart(s));
    ruling(&all.iter().map(|_| !broken).collect::<Vec<_>>())
}

fn is_set(op: &Op) -> bool {
    op.is_update() && op.key == "\"s\""
}

fn is_nothing(value: &Value) -> bool {
    [json!(null), json!(0), json!([])].contains(value)
}

/// A read misses an update that it should have seen.
pub fn no_lost_update(history: &History) -> Ruling {
    let all = ops(history);
    let Some(workload) = history.header.workload.as_deref() else { return Ruling::Undecided };
    let mut from = 0;
    if workload == "g-set" {
        let settle = bound(history, "settle").filter(|_| history.header.complete);
        let Some(settle) = settle else { return Ruling::Undecided };
        let error = match history.header.clock {
            Clock::Virtual => 0,
            Clock::Real => history.header.clock_error.unwrap_or(0),
        };
        let updates = all.iter().filter(|op| op.is_update() && is_clear(&all, &op.key));
        let ends = updates.map(|op| history.times()[op.response.unwrap_or(op.invoke)].0);
        from = ends.max().unwrap_or(0) + settle + error;
    }
    let reads = all.iter().filter(|op| !op.is_update() && op.is_ok() && is_clear(&all, &op.key));
    let reads = reads.filter(|op| history.times()[op.invoke].0 >= from);
    ruling(&reads.filter_map(|read| sees(history, &all, read)).collect::<Vec<_>>())
}

/// Whether only the usual is asked of the object.
fn is_clear(all: &[Op], key: &str) -> bool {
    !all.iter().any(|op| op.f == "remove" && op.key == key)
}

fn sees(history: &History, all: &[Op], read: &Op) -> Option<bool> {
    let own = || all.iter().filter(|op| op.is_update() && op.key == read.key);
    let due: Vec<&Op> = own().filter(|op| op.is_ok() && op.precedes(read, history)).collect();
    if due.is_empty() {
        return None;
    }
    if due.iter().all(|op| is_set(op)) {
        let shown = read.value.as_array()?;
        return Some(due.iter().all(|op| shown.contains(&op.value)));
    }
    if read.key == "\"c\"" {
        let sum: i64 = due.iter().filter_map(|op| op.value.as_i64()).sum();
        return Some(read.value.as_i64()? >= sum);
    }
    let writes: Vec<&Op> = own().filter(|op| op.value == read.value).collect();
    let is_older_than = |op: &&&Op| match writes.as_slice() {
        [] => is_nothing(&read.value),
        [one] => !is_nothing(&read.value) && one.precedes(op, history),
        _ => false,
    };
    Some(!due.iter().any(|op| is_older_than(&op)))
}

/// A read shows what no operation can have brought about.
pub fn no_phantom(history: &History) -> Ruling {
    if history.header.workload.is_none() {
        return Ruling::Undecided;
    }
    let all = ops(history);
    let reads = all.iter().filter(|op| !op.is_update() && op.is_ok() && is_clear(&all, &op.key));
    let explained = |read: &Op| {
        let own = all.iter().filter(|op| op.is_update() && op.key == read.key);
        let began =
            |op: &&Op| !read.response.is_some_and(|r| certainly_before(history, r, op.invoke));
        let may: Vec<&Op> = own.filter(|op| op.status != "fail").filter(began).collect();
        let from = |value: &Value| is_nothing(value) || may.iter().any(|op| op.value == *value);
        let updated = all.iter().any(|op| op.is_update() && op.key == read.key);
        match (read.key.as_str(), &read.value) {
            ("\"s\"", Value::Array(elements)) => Some(elements.iter().all(from)),
            ("\"s\"", _) => None,
            ("\"c\"", value) if updated => {
                let most: i64 = may.iter().filter_map(|op| op.value.as_i64()).sum();
                value.as_i64().map(|value| value <= most)
            }
            (_, value) => Some(from(value)),
        }
    };
    ruling(&reads.filter_map(explained).collect::<Vec<_>>())
}

/// In a session a later act saw or made an older value than an earlier one.
pub fn session(history: &History, earlier: &str, later: &str) -> Ruling {
    let all = ops(history);
    let plain = |key: &str| !all.iter().any(|op| op.is_update() && op.key == key);
    let clear = |op: &&Op| (op.key == "\"r\"" || plain(&op.key)) && is_clear(&all, &op.key);
    let done: Vec<&Op> = all.iter().filter(|op| op.is_ok()).filter(clear).collect();
    let is = |op: &Op, act: &str| (op.f == "read") == (act == "read");
    let initial = |op: &Op| {
        let nobody = !all.iter().any(|w| w.is_update() && w.key == op.key && w.value == op.value);
        op.f == "read" && is_nothing(&op.value) && nobody
    };
    let mut met = Vec::new();
    for (at, second) in done.iter().enumerate().filter(|(_, op)| is(op, later)) {
        let before = done[..at]
            .iter()
            .filter(|op| op.client == second.client && op.key == second.key && is(op, earlier));
        for first in before {
            let comparable = match (first.version, second.version) {
                (Some(first), Some(second)) => Some(second >= first),
                (None, Some(_)) if initial(first) => None,
                (Some(_), None) if initial(second) => Some(false),
                (None, None) if initial(second) && !initial(first) => Some(false),
                (None, Some(_)) => Some(true),
                _ => None,
            };
            met.extend(comparable);
        }
    }
    ruling(&met)
}
