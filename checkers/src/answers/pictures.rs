//! Histories in words, for tests: one operation a line.
//!
//! `c1@n2 add element=5 -> ok`: what client c1 asks of n2, the keys of the request, the status,
//! the keys of the answer. `?` instead of a status: no answer. Each operation ends before the next
//! line begins, two instants later; `c1@n2 add element=5` alone begins it, and `c1 -> ok` alone
//! ends it. `n2 crash` and the like stand for themselves. No value holds a blank.

use pepperland_core::history::History;
use serde_json::{Map, Value, json};

/// The history of these lines under this workload: nodes n1 to n3, virtual clock, complete, unless
/// the keys of the header say otherwise.
pub fn said(workload: &str, header: &Value, lines: &str) -> History {
    let mut head = json!({"format": "pepperland.history", "version": 1, "complete": true,
        "nodes": ["n1", "n2", "n3"], "clock": "virtual", "workload": workload});
    for (key, value) in header.as_object().into_iter().flatten() {
        head[key] = value.clone();
    }
    let mut file = head.to_string();
    let lines = lines.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty());
    for (at, line) in lines.enumerate() {
        for event in events(line, 2 * at) {
            file = format!("{file}\n{event}");
        }
    }
    History::read(file.as_bytes()).unwrap_or_else(|e| panic!("{e}: {file}"))
}

fn events(line: &str, at: usize) -> Vec<Value> {
    let (request, answer) = match line.split_once("->") {
        Some((request, answer)) => (request.trim(), Some(answer.trim())),
        None => (line, None),
    };
    let mut words = request.split_whitespace();
    let who = words.next().expect("somebody");
    let (client, node) = who.split_once('@').map_or((who, None), |(c, n)| (c, Some(n)));
    let f = words.next();
    if let Some(f) = f.filter(|_| client.starts_with('n')) {
        return vec![json!({"t": at, "n": client, "k": f})];
    }
    let mut events = Vec::new();
    if let Some(f) = f {
        let op = body(f, words);
        events.push(json!({"t": at, "k": "invoke", "client": client, "op": op}));
    }
    if let Some(answer) = answer.filter(|answer| *answer != "?") {
        let mut words = answer.split_whitespace();
        let status = words.next().expect("a status");
        let f = format!("{}_ok", f.unwrap_or("any"));
        let result = body(&f, words);
        events.push(json!({"t": at + 1, "k": "response", "client": client,
            "result": result, "status": status}));
    }
    if let Some(node) = node {
        events.iter_mut().for_each(|event| event["n"] = node.into());
    }
    events
}

fn body<'w>(f: &str, words: impl Iterator<Item = &'w str>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("f".to_owned(), f.into());
    for word in words {
        let (key, value) = word.split_once('=').expect("a key and a value");
        let value = serde_json::from_str(value).unwrap_or_else(|e| panic!("{e}: {word}"));
        body.insert(key.to_owned(), value);
    }
    body
}
