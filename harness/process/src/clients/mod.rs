//! Clients: what they send for the operations of a plan, and what they make of the answers.
//!
//! A plan's operation is a request's body with `f` in place of `type`, and so is what a history
//! records of it. Some plans leave out what depends on earlier answers; the client adds it.

mod answer;
mod client;
mod logs;

pub use answer::{Answer, Status, answer_of};
pub use client::Client;

use serde_json::{Map, Value};

/// An operation, or its result.
pub type Operation = Map<String, Value>;

/// The body of the request, with this `msg_id`, that asks for an operation.
pub fn body_of(op: &Operation, number: i64) -> Operation {
    let mut body = renamed(op, "f", "type", &["msg_id", "in_reply_to"]);
    body.insert("msg_id".to_owned(), number.into());
    body
}

/// The same entries with the one key, which comes first, renamed, and without some others.
fn renamed(map: &Operation, from: &str, to: &str, without: &[&str]) -> Operation {
    let first = map.get(from).map(|value| (to.to_owned(), value.clone()));
    let dropped = |key: &str| key == from || key == to || without.contains(&key);
    let rest = map.iter().filter(|(key, _)| !dropped(key));
    first.into_iter().chain(rest.map(|(key, value)| (key.clone(), value.clone()))).collect()
}

/// What kind of operation or result it is; empty if it does not say.
fn kind(op: &Operation) -> &str {
    op.get("f").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_has_its_type_first_and_its_number_last() {
        let op = json!({"key": 1, "f": "write", "msg_id": 9, "value": [2]});
        let body = body_of(op.as_object().expect("it is one"), 7);
        let text = serde_json::to_string(&body).expect("it is JSON");
        assert_eq!(text, r#"{"type":"write","key":1,"value":[2],"msg_id":7}"#);
    }
}
