//! Transactions as the oracle sees them: JSON as it stands in the file.

use pepperland_core::history::{Event, History, Kind};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Op {
    Read(String, Vec<Value>),
    Write(String, Value),
}

#[derive(Debug)]
pub struct Txn {
    pub client: (String, usize),
    pub began: (usize, u64),
    pub ended: (usize, u64),
    pub status: String,
    pub ops: Vec<Op>,
}

impl Txn {
    pub fn committed(&self) -> bool {
        self.status == "ok"
    }

    pub fn lives(&self) -> bool {
        self.status != "fail"
    }

    pub fn writes(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.ops.iter().filter_map(|op| match op {
            Op::Write(key, value) => Some((key, value)),
            Op::Read(..) => None,
        })
    }

    pub fn is_last(&self, key: &String, value: &Value) -> bool {
        self.writes().filter(|(k, _)| *k == key).last() == Some((key, value))
    }
}

pub fn txns(history: &History) -> Vec<Txn> {
    let liars = &history.header.byzantine;
    let lies = |event: &Event<'_>| {
        event.node().is_some_and(|node| liars.contains(&history.header.nodes[node.index()]))
    };
    let client = |event: &Event<'_>| event.field("client").unwrap().as_str().unwrap().to_owned();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut txns = Vec::new();
    for invoke in history.events().filter(|e| e.kind() == Kind::Invoke) {
        let name = client(&invoke);
        let mut later = history.events().skip(invoke.id.index() + 1);
        let next =
            later.find(|e| matches!(e.kind(), Kind::Invoke | Kind::Response) && client(e) == name);
        let response = next.filter(|e| e.kind() == Kind::Response && !lies(&invoke) && !lies(e));
        let status = response.map_or("unknown", |e| e.field("status").unwrap().as_str().unwrap());
        let number = names.entry(name.clone()).or_default();
        *number += usize::from(lies(&invoke));
        let own = (name, *number);
        *number += usize::from(lies(&invoke) || status == "unknown");
        let body = match response.filter(|_| status == "ok") {
            Some(response) => response.field("result").unwrap(),
            None => invoke.field("op").unwrap(),
        };
        let ended = response.map_or((usize::MAX, u64::MAX), |e| (e.id.index(), e.time().0));
        let began = if lies(&invoke) { (0, 0) } else { (invoke.id.index(), invoke.time().0) };
        txns.push(Txn {
            client: own,
            began,
            ended,
            status: status.to_owned(),
            ops: body["txn"].as_array().unwrap().iter().map(op).collect(),
        });
    }
    txns
}

fn op(value: &Value) -> Op {
    let key = value[1].to_string();
    match (value[0].as_str().unwrap(), &value[2]) {
        ("r", Value::Null) => Op::Read(key, Vec::new()),
        ("r", Value::Array(list)) => Op::Read(key, list.clone()),
        ("r", value) => Op::Read(key, vec![value.clone()]),
        (_, value) => Op::Write(key, value.clone()),
    }
}
