//! What is asked of a store, and what becomes of it where the key has this value or none.

use super::{Body, error, kind, ok, unsupported};
use crate::errors::{MALFORMED, NO_SUCH_KEY, PRECONDITION_FAILED};
use serde_json::Value;

/// A key: any JSON value, by its text. Objects are equal whatever the order of their entries.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Key(String);

impl Key {
    fn of(value: &Value) -> Key {
        let mut value = value.clone();
        value.sort_all_objects();
        Key(value.to_string())
    }
}

/// A request.
pub struct Request {
    /// What it is about.
    pub key: Key,
    asked: Asked,
}

enum Asked {
    Read,
    Write(Value),
    Cas { from: Value, to: Value, creates: bool },
}

/// What a request does where the key has some value or none.
pub struct Outcome {
    /// What is answered.
    pub answer: Body,
    /// The value that the key gets.
    pub put: Option<Value>,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub fn of(body: &Body) -> Result<Request, Body> {
        let kind = kind(body)?;
        let required = |name: &str| {
            let missing = || error(MALFORMED, format!("a request of type {kind:?} has a {name:?}"));
            body.get(name).ok_or_else(missing)
        };
        let asked = match kind {
            "read" => Asked::Read,
            "write" => Asked::Write(required("value")?.clone()),
            "cas" => Asked::Cas {
                // Who creates a key has nothing to expect, and may leave it out.
                from: body.get("from").cloned().unwrap_or_default(),
                to: required("to")?.clone(),
                creates: creates(body)?,
            },
            _ => return Err(unsupported(kind)),
        };
        Ok(Request { key: Key::of(required("key")?), asked })
    }

    /// What it does where the key has this value, or does not exist.
    pub fn outcome(&self, current: Option<&Value>) -> Outcome {
        match (&self.asked, current) {
            (Asked::Read, Some(value)) => told(ok("read_ok", Some(("value", value.clone())))),
            (Asked::Write(value), _) => done("write_ok", value),
            (Asked::Cas { to, creates: true, .. }, None) => done("cas_ok", to),
            (Asked::Read | Asked::Cas { .. }, None) => {
                told(error(NO_SUCH_KEY, "the key does not exist".to_owned()))
            }
            (Asked::Cas { from, to, .. }, Some(value)) if value == from => done("cas_ok", to),
            (Asked::Cas { from, .. }, Some(value)) => {
                told(error(PRECONDITION_FAILED, format!("the value is {value}, not {from}")))
            }
        }
    }
}

fn creates(body: &Body) -> Result<bool, Body> {
    match body.get("create_if_not_exists") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(creates)) => Ok(*creates),
        Some(_) => Err(error(MALFORMED, "\"create_if_not_exists\" is true or false".to_owned())),
    }
}

fn told(answer: Body) -> Outcome {
    Outcome { answer, put: None }
}

fn done(kind: &str, value: &Value) -> Outcome {
    Outcome { answer: ok(kind, None), put: Some(value.clone()) }
}
