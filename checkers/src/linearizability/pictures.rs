//! Histories of clients as pictures: one lane a client, time from left to right.
//!
//! `(w5` calls write 5, `(r` read, `(c5>6` cas from 5 to 6, `(+5` add, `(e5` enqueue, `(d` dequeue,
//! `(p5` push, `(o` pop; `)` answers what needs no value, `)5` a value, `)-` null, `){1,2}` a list,
//! `)?` that nothing is known, `)!` that it failed. `(w5@a` is of key a;
//! `)5#3` was answered in slot 3.

use pepperland_core::history::{Clock, Header, History, Kind, Recorder};
use pepperland_core::time::Time;
use serde_json::{Map, Value, json};

/// The history in a picture.
pub fn picture(workload: &str, lanes: &str) -> History {
    let mut header = Header::new(vec!["n1".to_owned()]);
    header.workload = Some(workload.to_owned());
    header.clock = Clock::Virtual;
    of(header, lanes)
}

/// The history in a picture under a header.
pub fn of(header: Header, lanes: &str) -> History {
    let mut signs = Vec::new();
    for line in lanes.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        let (client, rest) = line.split_once(':').expect("a client and a colon");
        for word in rest.split_whitespace() {
            let column = client.len() + 1 + (word.as_ptr() as usize - rest.as_ptr() as usize);
            signs.push((column, client, word));
        }
    }
    signs.sort_by_key(|(column, ..)| *column);
    let set = matches!(header.workload.as_deref(), Some("set"));
    let mut recorder = Recorder::new(header);
    for (at, client, word) in signs {
        let (kind, fields) = match word.split_at(1) {
            ("(", op) => (Kind::Invoke, json!({"client": client, "op": request(op, set)})),
            (_, answer) => (Kind::Response, slotted(client, answer)),
        };
        let Value::Object(fields) = fields else { continue };
        recorder.environment(Time(at as u64), kind, fields);
    }
    recorder.into_history()
}

fn request(op: &str, set: bool) -> Value {
    let (op, key) = op.split_once('@').map_or((op, None), |(op, key)| (op, Some(key)));
    let (f, rest) = op.split_at(1);
    let mut body = match f {
        "w" => json!({"f": "write", "value": value(rest)}),
        "r" => json!({"f": "read"}),
        "c" => {
            let (from, to) = rest.split_once('>').expect("from > to");
            json!({"f": "cas", "from": value(from), "to": value(to)})
        }
        "+" if set => json!({"f": "add", "element": value(rest)}),
        "+" => json!({"f": "add", "delta": value(rest)}),
        "e" => json!({"f": "enqueue", "value": value(rest)}),
        "d" => json!({"f": "dequeue"}),
        "p" => json!({"f": "push", "value": value(rest)}),
        "o" => json!({"f": "pop"}),
        other => panic!("{other} is no operation"),
    };
    if let Some(key) = key {
        body["key"] = json!(key);
    }
    body
}

fn slotted(client: &str, answer: &str) -> Value {
    let (answer, slot) = answer.split_once('#').map_or((answer, None), |(a, s)| (a, Some(s)));
    let mut fields = response(client, answer);
    if let Some(slot) = slot {
        fields["slot"] = value(slot);
    }
    fields
}

fn response(client: &str, answer: &str) -> Value {
    match answer {
        "?" => json!({"client": client, "status": "unknown"}),
        "!" => json!({"client": client, "result": {"f": "error", "code": 22}, "status": "fail"}),
        "" => json!({"client": client, "result": {}, "status": "ok"}),
        value_text => {
            let result = Map::from_iter([("value".to_owned(), value(value_text))]);
            json!({"client": client, "result": result, "status": "ok"})
        }
    }
}

fn value(text: &str) -> Value {
    match text {
        "-" => Value::Null,
        list if list.starts_with('{') => {
            let items = list.trim_matches(['{', '}']).split(',').filter(|item| !item.is_empty());
            items.map(value).collect()
        }
        text => text.parse::<i64>().map_or_else(|_| json!(text), Value::from),
    }
}
