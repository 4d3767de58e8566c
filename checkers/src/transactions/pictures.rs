//! Transactions in words, for tests: one a line.
//!
//! `c1 a1=5 r1=[5,6] w2=7 r2=-` is a transaction of client c1 that appended 5 to key 1, read the
//! list, wrote 7 to key 2 and read nothing of it. `c1!` failed, of `c1?` nothing is known. It lasts
//! from 2 to 3 ms if it is the second line, or as `@4-9` in front of it says.

use pepperland_core::history::{Clock, Header, History, Kind, Recorder};
use pepperland_core::time::Time;
use serde_json::{Value, json};

/// The history of lists in words.
pub fn lists(words: &str) -> History {
    history("txn-list-append", words)
}

/// The history of registers in words.
pub fn registers(words: &str) -> History {
    history("txn-rw-register", words)
}

fn history(workload: &str, words: &str) -> History {
    let mut header = Header::new(vec!["n1".to_owned()]);
    header.workload = Some(workload.to_owned());
    header.clock = Clock::Real;
    let mut events = Vec::new();
    for (row, line) in words.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        let mut words = line.split_whitespace().peekable();
        let lasts = words.next_if(|word| word.starts_with('@')).map(|word| {
            let (begin, end) = word[1..].split_once('-').expect("two instants");
            [begin, end].map(|instant| instant.parse().expect("an instant"))
        });
        let [begin, end] = lasts.unwrap_or([2 * row as u64, 2 * row as u64 + 1]);
        let client = words.next().expect("a client");
        let name = client.trim_end_matches(['!', '?']);
        let ops: Vec<Value> = words.map(op).collect();
        let asked: Vec<Value> = ops.iter().map(asked).collect();
        let status = match &client[name.len()..] {
            "!" => "fail",
            "?" => "unknown",
            _ => "ok",
        };
        let op = json!({"client": name, "op": {"f": "txn", "txn": asked}});
        events.push((begin, Kind::Invoke, op));
        let result = json!({"f": "txn_ok", "txn": ops});
        let answer = json!({"client": name, "result": result, "status": status});
        events.push((end, Kind::Response, answer));
    }
    events.sort_by_key(|(at, ..)| *at);
    let mut recorder = Recorder::new(header);
    for (at, kind, fields) in events {
        let Value::Object(fields) = fields else { continue };
        recorder.environment(Time(at * 1_000_000), kind, fields);
    }
    recorder.into_history()
}

fn op(word: &str) -> Value {
    let (what, value) = word.split_once('=').expect("a value");
    let f = match &what[..1] {
        "a" => "append",
        f => f,
    };
    let json = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    let value = if value == "-" { Value::Null } else { json(value) };
    json!([f, json(&what[1..]), value])
}

/// The request for an operation.
fn asked(op: &Value) -> Value {
    let mut asked = op.clone();
    if op[0] == "r" {
        asked[2] = Value::Null;
    }
    asked
}
