//! `lin-kv`: every request acts on the newest state.

use super::Body;
use super::key_value::{Key, Request};
use serde_json::Value;
use std::collections::BTreeMap;

/// A linearizable store.
#[derive(Default)]
pub struct Linear {
    values: BTreeMap<Key, Value>,
}

impl Linear {
    /// The answer to a request.
    pub fn answer(&mut self, request: &Request) -> Body {
        let outcome = request.outcome(self.values.get(&request.key));
        if let Some(value) = outcome.put {
            self.values.insert(request.key.clone(), value);
        }
        outcome.answer
    }
}
