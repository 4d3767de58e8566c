//! The services that nodes may ask: stores of keys and values, and a source of timestamps.
//!
//! They are state machines: a request in, an answer out, nothing else. What a weak one chooses
//! freely, such as which past state it shows, is drawn from a seed.

mod key_value;
mod last_write_wins;
mod linear;
mod sequential;
mod timestamps;

#[cfg(test)]
mod tests;

use crate::errors::{MALFORMED, NODE_NOT_FOUND, NOT_SUPPORTED};
use key_value::Request;
use last_write_wins::LastWriteWins;
use linear::Linear;
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use sequential::Sequential;
use serde_json::{Map, Value, json};
use timestamps::Timestamps;

/// The body of a message.
pub type Body = Map<String, Value>;

/// The names of all services.
pub const NAMES: &[&str] = &["lin-kv", "seq-kv", "lww-kv", "lin-tso"];

/// All services, with what they hold.
pub struct Services {
    linear: Linear,
    sequential: Sequential,
    last_write_wins: LastWriteWins,
    timestamps: Timestamps,
}

impl Services {
    /// Empty ones, whose free choices are drawn from this seed.
    pub fn new(seed: Seed) -> Services {
        Services {
            linear: Linear::default(),
            sequential: Sequential::new(seed.stream("seq-kv")),
            last_write_wins: LastWriteWins::new(seed.stream("lww-kv")),
            timestamps: Timestamps::default(),
        }
    }

    /// The body of a service's answer to a request from somebody of this name, with its `type` but
    /// without `in_reply_to`.
    ///
    /// A request that the service does not know gets error 10, one that lacks something error 12;
    /// a key that does not exist is error 20, a value that is not the expected one error 22. Where
    /// there is no such service, the answer is error 1.
    /// Cost: O(log n) in the keys; for `lww-kv` besides O(n) for each exchange of two replicas of
    /// which one has something new.
    pub fn answer(&mut self, service: &str, from: &str, now: Time, body: &Body) -> Value {
        let answer = match service {
            "lin-kv" => Request::of(body).map(|request| self.linear.answer(&request)),
            "seq-kv" => Request::of(body).map(|request| self.sequential.answer(from, &request)),
            "lww-kv" => Request::of(body).map(|request| self.last_write_wins.answer(now, &request)),
            "lin-tso" => self.timestamps.answer(body),
            _ => Err(error(NODE_NOT_FOUND, format!("there is no service {service:?}"))),
        };
        Value::Object(answer.unwrap_or_else(|refused| refused))
    }
}

/// An answer of this type, with what else is in it.
fn ok(kind: &str, rest: Option<(&str, Value)>) -> Body {
    let kind = ("type".to_owned(), Value::from(kind));
    [kind].into_iter().chain(rest.map(|(key, value)| (key.to_owned(), value))).collect()
}

fn error(code: i64, text: String) -> Body {
    let mut body = ok("error", Some(("code", json!(code))));
    body.insert("text".to_owned(), Value::from(text));
    body
}

/// What kind of request a body is.
fn kind(body: &Body) -> Result<&str, Body> {
    let kind = body.get("type").and_then(Value::as_str);
    kind.ok_or_else(|| error(MALFORMED, "a request has a type, a string".to_owned()))
}

fn unsupported(kind: &str) -> Body {
    error(NOT_SUPPORTED, format!("this service does not know requests of type {kind:?}"))
}
