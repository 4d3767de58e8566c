//! `seq-kv`: a request may act on a past state, unless it changes it; nobody goes back in time.
//!
//! All changes are in one order, each made to the newest state, so every state there ever was has a
//! number. Somebody who asks is shown any of the last states from the newest it has seen on. What
//! changes nothing there, such as a read, a swap that fails or a write of what is there already,
//! has happened there. That is sequential consistency: order the requests by the number of the
//! state that they met or made, and each one's own order is kept.

use super::Body;
use super::key_value::{Key, Request};
use pepperland_core::seed::Stream;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};

/// So many states before the newest may be shown.
const PAST: u64 = 31;

/// A sequentially consistent store.
pub struct Sequential {
    /// The values of each key, each with the number of the state that it came with; those that no
    /// state shows any more are gone.
    values: BTreeMap<Key, VecDeque<(u64, Value)>>,
    newest: u64,
    /// The number of the state that each has seen last.
    seen: BTreeMap<String, u64>,
    stream: Stream,
}

impl Sequential {
    /// An empty store, which chooses states from this stream.
    pub fn new(stream: Stream) -> Sequential {
        Sequential { values: BTreeMap::new(), newest: 0, seen: BTreeMap::new(), stream }
    }

    /// The answer to a request from somebody of this name.
    pub fn answer(&mut self, from: &str, request: &Request) -> Body {
        let seen = self.seen.get(from).copied().unwrap_or(0);
        let at = self.stream.between(seen.max(self.oldest()), self.newest);
        let current = self.value(&request.key, at);
        let outcome = request.outcome(current);
        if outcome.put.is_none() || outcome.put.as_ref() == current {
            self.seen.insert(from.to_owned(), at);
            return outcome.answer;
        }
        let answer = self.act(request);
        self.seen.insert(from.to_owned(), self.newest);
        answer
    }

    /// Acts on the newest state.
    fn act(&mut self, request: &Request) -> Body {
        let outcome = request.outcome(self.value(&request.key, self.newest));
        if let Some(value) = outcome.put {
            self.newest += 1;
            let oldest = self.oldest();
            let values = self.values.entry(request.key.clone()).or_default();
            values.push_back((self.newest, value));
            while values.get(1).is_some_and(|(since, _)| *since <= oldest) {
                values.pop_front();
            }
        }
        outcome.answer
    }

    /// The oldest state that is still shown.
    fn oldest(&self) -> u64 {
        self.newest.saturating_sub(PAST)
    }

    fn value(&self, key: &Key, at: u64) -> Option<&Value> {
        let values = self.values.get(key)?;
        let after = values.partition_point(|(since, _)| *since <= at);
        Some(&values[after.checked_sub(1)?].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::seed::Seed;
    use serde_json::json;

    #[test]
    fn values_that_no_state_shows_are_gone() {
        let mut store = Sequential::new(Seed(1).stream("seq-kv"));
        for value in 0..1_000 {
            let body = json!({"type": "write", "key": 1, "value": value});
            let request = Request::of(body.as_object().expect("it is one")).expect("it is right");
            store.answer("n1", &request);
        }
        let kept: usize = store.values.values().map(VecDeque::len).sum();
        assert_eq!(kept as u64, PAST + 1);
    }
}
