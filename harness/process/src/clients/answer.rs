//! What an answer says of the operation it answers.

use super::{Operation, kind, renamed};
use crate::errors::is_definite;
use serde_json::Value;

/// An answer, as a history records it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its body, with `f` in place of `type`.
    pub result: Operation,
    /// Whether the operation happened.
    pub status: Status,
    /// What is wrong with the answer, if something is: `answered read with echo_ok`.
    pub complaint: Option<String>,
}

/// Whether an operation happened.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// It did.
    Ok,
    /// It did not, and will not. An operation that the node does not support is one of these.
    Fail,
    /// It may have, or may yet, or never.
    Unknown,
}

impl Status {
    /// The word for it in histories.
    pub fn word(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Fail => "fail",
            Status::Unknown => "unknown",
        }
    }
}

/// An entry of an answer: its key, and whether a value may stand there.
type Entry = (&'static str, fn(&Value) -> bool);

/// What the answer to an operation must hold: one of these entries.
struct Must {
    f: &'static str,
    keys: &'static [Entry],
}

/// The operations whose answers tell something.
const MUST: &[Must] = &[
    Must { f: "echo", keys: &[("echo", anything)] },
    Must { f: "generate", keys: &[("id", anything)] },
    Must { f: "read", keys: &[("value", anything), ("messages", Value::is_array)] },
    Must { f: "txn", keys: &[("txn", Value::is_array)] },
    Must { f: "send", keys: &[("offset", whole)] },
    Must { f: "poll", keys: &[("msgs", Value::is_object)] },
    Must { f: "list_committed_offsets", keys: &[("offsets", Value::is_object)] },
];

fn anything(_: &Value) -> bool {
    true
}

fn whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64()
}

/// Reads the body of the answer to an operation. One that is not what answers to it look like
/// leaves open whether the operation happened.
pub fn answer_of(op: &Operation, body: &Value) -> Answer {
    let Some(fields) = body.as_object() else {
        let complaint = Some(format!("answered {} with a body that is no object", kind(op)));
        return Answer { result: Operation::new(), status: Status::Unknown, complaint };
    };
    let result = renamed(fields, "type", "f", &["msg_id", "in_reply_to"]);
    let read = match kind(&result) {
        "error" => failure(&result),
        _ => success(op, &result),
    };
    let (status, complaint) = match read {
        Ok(status) => (status, None),
        Err(complaint) => (Status::Unknown, Some(complaint)),
    };
    Answer { result, status, complaint }
}

fn failure(result: &Operation) -> Result<Status, String> {
    match result.get("code").and_then(Value::as_i64) {
        Some(code) if is_definite(code) => Ok(Status::Fail),
        Some(_) => Ok(Status::Unknown),
        None => Err("answered with an error without a code, a whole number".to_owned()),
    }
}

fn success(op: &Operation, result: &Operation) -> Result<Status, String> {
    let (asked, answered) = (kind(op), kind(result));
    if answered.strip_suffix("_ok") != Some(asked) {
        return Err(match answered {
            "" => format!("answered {asked} with a body that has no type"),
            _ => format!("answered {asked} with {answered}"),
        });
    }
    let Some(must) = MUST.iter().find(|must| must.f == asked) else { return Ok(Status::Ok) };
    let holds = |(key, fits): &Entry| result.get(*key).is_some_and(fits);
    match must.keys.iter().any(holds) {
        true => Ok(Status::Ok),
        false => {
            let names: Vec<String> = must.keys.iter().map(|(key, _)| format!("{key:?}")).collect();
            Err(format!("answered {asked} without the right {}", names.join(" or ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(op: Value, body: Value) -> Answer {
        answer_of(op.as_object().expect("an operation is an object"), &body)
    }

    #[test]
    fn what_is_recorded_has_f_first_and_nothing_of_the_envelope() {
        let body = json!({"value": 3, "msg_id": 7, "in_reply_to": 1, "type": "read_ok"});
        let answer = answer(json!({"f": "read", "key": 1}), body);
        let recorded = serde_json::to_string(&answer.result).unwrap();
        assert_eq!(recorded, r#"{"f":"read_ok","value":3}"#);
        assert_eq!((answer.status, answer.complaint), (Status::Ok, None));
    }

    #[test]
    fn codes_say_whether_it_happened() {
        let status = |code: i64| {
            answer(json!({"f": "write"}), json!({"type": "error", "code": code})).status
        };
        for code in [1, 10, 11, 12, 14, 20, 21, 22, 30] {
            assert_eq!(status(code), Status::Fail, "{code}");
        }
        for code in [0, 13, 2, 23, 1_000, 1_234, -1] {
            assert_eq!(status(code), Status::Unknown, "{code}");
        }
    }

    #[test]
    fn what_is_no_answer_to_the_operation_is_told_and_leaves_it_open() {
        let told = [
            (json!({"type": "echo_ok", "value": 1}), "answered read with echo_ok"),
            (
                json!({"type": "read_ok"}),
                r#"answered read without the right "value" or "messages""#,
            ),
            (
                json!({"type": "read_ok", "messages": 3}),
                r#"answered read without the right "value" or "messages""#,
            ),
            (json!([1]), "answered read with a body that is no object"),
            (json!({"value": 1}), "answered read with a body that has no type"),
            (json!({"type": ["read_ok"]}), "answered read with a body that has no type"),
            (
                json!({"type": "error", "code": "20"}),
                "answered with an error without a code, a whole number",
            ),
        ];
        for (body, complaint) in told {
            let answer = answer(json!({"f": "read"}), body);
            assert_eq!(answer.complaint.as_deref(), Some(complaint));
            assert_eq!(answer.status, Status::Unknown, "{complaint}");
        }
    }

    #[test]
    fn answers_that_hold_what_they_must_pass() {
        let pairs = [
            ("echo", json!({"echo": null})),
            ("generate", json!({"id": [1, 2]})),
            ("read", json!({"messages": []})),
            ("txn", json!({"txn": []})),
            ("send", json!({"offset": 0})),
            ("poll", json!({"msgs": {}})),
            ("list_committed_offsets", json!({"offsets": {}})),
            ("commit_offsets", json!({})),
            ("topology", json!({})),
        ];
        for (f, mut body) in pairs {
            body["type"] = format!("{f}_ok").into();
            assert_eq!(answer(json!({ "f": f }), body).status, Status::Ok, "{f}");
        }
    }
}
