//! The two properties once more, straight from their definitions: every order of every choice of
//! the operations that may have happened.

use pepperland_core::history::{Clock, Event, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let operations = operations(history);
    let timed = match property {
        "linearizability" => true,
        "sequential-consistency" => false,
        other => panic!("no oracle for {other}"),
    };
    let telling = operations.iter().filter(|o| o.done && o.tells()).count();
    let possible = some_order(history, &operations, timed, &mut Vec::new());
    match (possible, telling) {
        (false, _) => Ruling::Violated,
        (true, 0) => Ruling::Undecided,
        (true, _) => Ruling::Held,
    }
}

/// An operation that may have happened.
#[derive(Debug)]
struct Operation {
    /// The names of a client before and after an operation without an answer differ.
    client: (String, usize),
    op: Value,
    result: Value,
    /// The places and the times of the events; times of events at liars are no times.
    began: (usize, Option<u64>),
    ended: Option<(usize, u64)>,
    done: bool,
}

impl Operation {
    fn tells(&self) -> bool {
        matches!(self.f(), "read" | "cas" | "dequeue" | "pop")
    }

    fn f(&self) -> &str {
        self.op["f"].as_str().unwrap()
    }

    fn precedes(&self, other: &Operation, history: &History, timed: bool) -> bool {
        let own = self.client == other.client && self.began.0 < other.began.0;
        let (Some(ended), true) = (self.ended, timed) else { return own };
        let earlier = match history.header.clock {
            Clock::Virtual => other.began.1.is_some() && ended.0 < other.began.0,
            Clock::Real => {
                let error = history.header.clock_error.unwrap_or(0);
                other.began.1.is_some_and(|began| ended.1 + error < began)
            }
        };
        own || earlier
    }
}

fn operations(history: &History) -> Vec<Operation> {
    let liars = &history.header.byzantine;
    let lies = |event: &Event<'_>| {
        event.node().is_some_and(|node| liars.contains(&history.header.nodes[node.index()]))
    };
    let client = |event: &Event<'_>| event.field("client").unwrap().as_str().unwrap().to_owned();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut operations = Vec::new();
    for invoke in history.events().filter(|e| e.kind() == Kind::Invoke) {
        let name = client(&invoke);
        let mut later = history.events().skip(invoke.id.index() + 1);
        let next =
            later.find(|e| matches!(e.kind(), Kind::Invoke | Kind::Response) && client(e) == name);
        let response = next.filter(|e| e.kind() == Kind::Response && !lies(&invoke) && !lies(e));
        let status = response.map_or("unknown", |e| match e.field("status").unwrap().as_str() {
            Some("ok") if e.field("result").unwrap()["f"] == "error" => "fail",
            status => status.unwrap(),
        });
        let number = names.entry(name.clone()).or_default();
        let done = status == "ok";
        if lies(&invoke) {
            *number += 1;
        }
        let own = (name, *number);
        if !done && status != "fail" || lies(&invoke) {
            *number += 1;
        }
        if status == "fail" {
            continue;
        }
        let began = (invoke.id.index(), (!lies(&invoke)).then_some(invoke.time().0));
        let operation = Operation {
            client: own,
            op: invoke.field("op").unwrap().clone(),
            result: response.and_then(|e| e.field("result")).cloned().unwrap_or_default(),
            began,
            ended: response.filter(|_| done).map(|e| (e.id.index(), e.time().0)),
            done,
        };
        operations.push(operation);
    }
    operations
}

/// Whether the order so far can be continued until all operations that are known to have happened
/// are in it.
fn some_order(
    history: &History,
    operations: &[Operation],
    timed: bool,
    order: &mut Vec<usize>,
) -> bool {
    if !explains(history, operations, order) {
        return false;
    }
    let absent: Vec<usize> = (0..operations.len()).filter(|i| !order.contains(i)).collect();
    if absent.iter().all(|i| !operations[*i].done) {
        return true;
    }
    absent.iter().any(|i| {
        let before = |j: &usize| j != i && operations[*j].precedes(&operations[*i], history, timed);
        if absent.iter().any(before) {
            return false;
        }
        order.push(*i);
        let found = some_order(history, operations, timed, order);
        order.pop();
        found
    })
}

/// Whether the object gives these answers in this order.
fn explains(history: &History, operations: &[Operation], order: &[usize]) -> bool {
    let initial = history.header.initial.clone();
    let mut registers: BTreeMap<String, Value> = BTreeMap::new();
    let list = initial.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
    let mut items = list;
    let mut sum = initial.as_ref().and_then(Value::as_i64).unwrap_or(0);
    let workload = history.header.workload.as_deref().unwrap();
    order.iter().all(|i| {
        let Operation { op, result, done, .. } = &operations[*i];
        let unknown = !*done;
        let key = op["key"].to_string();
        let first = match &initial {
            Some(Value::Object(named)) => named.get(&key).cloned().unwrap_or_default(),
            Some(value) => value.clone(),
            None => Value::Null,
        };
        match (workload, operations[*i].f()) {
            ("register" | "lin-kv", f) => {
                let held = registers.entry(key).or_insert(first);
                match f {
                    "read" => unknown || *held == result["value"],
                    "write" => {
                        *held = op["value"].clone();
                        true
                    }
                    _ => {
                        let creates = op["create_if_not_exists"] == true && held.is_null();
                        let finds = *held == op["from"] || creates;
                        if finds {
                            *held = op["to"].clone();
                        }
                        finds
                    }
                }
            }
            ("counter", "add") => {
                sum += op["delta"].as_i64().unwrap();
                true
            }
            ("counter", _) => unknown || result["value"] == sum,
            ("set", "add") => {
                if !items.contains(&op["element"]) {
                    items.push(op["element"].clone());
                }
                true
            }
            ("set", _) => {
                let read = result["value"].as_array().cloned().unwrap_or_default();
                let all = |some: &[Value], of: &[Value]| some.iter().all(|v| of.contains(v));
                unknown || all(&read, &items) && all(&items, &read)
            }
            (_, "enqueue" | "push") => {
                items.push(op["value"].clone());
                true
            }
            (_, f) => {
                let taken = match f {
                    _ if items.is_empty() => Value::Null,
                    "dequeue" => items.remove(0),
                    _ => items.pop().unwrap(),
                };
                unknown || taken == result["value"]
            }
        }
    })
}
