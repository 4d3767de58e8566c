//! The services beside what they promise, by definition.

mod oracle;
mod promises;
mod requests;

use super::Services;
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::{Value, json};

/// An operation on a small key, with small values.
#[derive(Clone, Debug)]
enum Op {
    Read(u8),
    Write(u8, u8),
    Cas { key: u8, from: u8, to: u8, creates: bool },
}

/// What is answered.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Seen {
    Value(u8),
    Done,
    Missing,
    Differs,
}

fn op() -> impl Strategy<Value = Op> {
    let (key, value) = (0..2u8, 0..3u8);
    let cas = (key.clone(), value.clone(), value.clone(), any::<bool>());
    prop_oneof![
        2 => key.clone().prop_map(Op::Read),
        2 => (key, value).prop_map(|(key, value)| Op::Write(key, value)),
        1 => cas.prop_map(|(key, from, to, creates)| Op::Cas { key, from, to, creates }),
    ]
}

impl Services {
    /// Asks at an instant, and reads the answer.
    fn ask(&mut self, service: &str, from: &str, at: Time, op: &Op) -> Seen {
        let body = match op {
            Op::Read(key) => json!({"type": "read", "key": key}),
            Op::Write(key, value) => json!({"type": "write", "key": key, "value": value}),
            Op::Cas { key, from, to, creates } => json!({
                "type": "cas", "key": key, "from": from, "to": to, "create_if_not_exists": creates
            }),
        };
        let answer = self.raw(service, from, at, body);
        match (answer["type"].as_str(), answer["code"].as_i64()) {
            (Some("read_ok"), None) => Seen::Value(answer["value"].as_u64().unwrap() as u8),
            (Some("write_ok" | "cas_ok"), None) => Seen::Done,
            (Some("error"), Some(20)) => Seen::Missing,
            (Some("error"), Some(22)) => Seen::Differs,
            _ => panic!("{answer}"),
        }
    }

    fn raw(&mut self, service: &str, from: &str, at: Time, body: Value) -> Value {
        let body = body.as_object().expect("a body is an object");
        self.answer(service, from, at, body)
    }
}
