//! `lin-tso`: timestamps, each greater than all before.

use super::{Body, kind, ok, unsupported};
use serde_json::Value;

/// A source of timestamps.
#[derive(Default)]
pub struct Timestamps {
    next: u64,
}

impl Timestamps {
    /// The answer to a request.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub fn answer(&mut self, body: &Body) -> Result<Body, Body> {
        match kind(body)? {
            "ts" => {
                let ts = self.next;
                self.next += 1;
                Ok(ok("ts_ok", Some(("ts", Value::from(ts)))))
            }
            other => Err(unsupported(other)),
        }
    }
}
