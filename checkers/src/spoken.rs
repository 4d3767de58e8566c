//! Histories in words, for tests of properties whose events no lane has a sign for.
//!
//! One event a line or between semicolons: `@5 n1 suspect n2`, `n1 decide 1 "a"`, `n1 deliver
//! n2:0:1 slot=3 d=x`. Without `@` an event is one instant after the one before it.

use pepperland_core::history::History;
use serde_json::{Map, Value, json};

/// The history of these words: nodes n1, n2, n3, virtual clock, complete, unless the keys of the
/// header say otherwise.
pub fn spoken(header: &Value, words: &str) -> History {
    let mut head = json!({"format": "pepperland.history", "version": 1, "complete": true,
        "nodes": ["n1", "n2", "n3"], "clock": "virtual"});
    for (key, value) in header.as_object().into_iter().flatten() {
        head[key] = value.clone();
    }
    let mut file = head.to_string();
    let mut now = 0;
    for event in words.split([';', '\n']).map(str::trim).filter(|e| !e.is_empty()) {
        file.push('\n');
        file.push_str(&line(event, &mut now));
    }
    file.push('\n');
    History::read(file.as_bytes()).unwrap_or_else(|e| panic!("{e}: {file}"))
}

fn line(event: &str, now: &mut u64) -> String {
    let mut words = event.split_whitespace().peekable();
    *now = match words.next_if(|word| word.starts_with('@')) {
        Some(at) => at[1..].parse().expect("an instant"),
        None => *now + 1,
    };
    let node = words.next().expect("a node");
    let kind = words.next().expect("a kind");
    let mut keys = Map::new();
    keys.insert("t".into(), (*now).into());
    if node != "-" {
        keys.insert("n".into(), node.into());
    }
    keys.insert("k".into(), kind.into());
    let places: &[&str] = match kind {
        "propose" | "decide" => &["i", "value"],
        "suspect" | "trust" => &["target", "state"],
        "lead" | "unlead" => &["epoch"],
        "broadcast" | "deliver" => &["m"],
        _ => &[],
    };
    let mut places = places.iter();
    for word in words {
        let (key, value) = match word.split_once('=') {
            Some((key, value)) => (key, value),
            None => (*places.next().expect("no more words"), word),
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        keys.insert(key.to_owned(), value);
    }
    Value::Object(keys).to_string()
}
