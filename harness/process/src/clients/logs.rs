//! How far a client has read each log: what it polls next, and what it commits.

use super::{Operation, kind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Offsets by key.
type Offsets = BTreeMap<String, u64>;

/// What a client knows of logs.
#[derive(Default)]
pub struct Logs {
    /// From where it reads on.
    next: Offsets,
    /// From where it reads on in its reading from the start.
    from_start: Offsets,
    /// The highest offsets that it has read.
    read: Offsets,
    /// Whether what it asked last is of its reading from the start.
    starts: bool,
}

impl Logs {
    /// The operation with its offsets. One that has some already, and any other operation, stays as
    /// it is.
    pub fn complete(&mut self, planned: &Operation) -> Operation {
        if planned.contains_key("offsets") {
            self.starts = false;
            return planned.clone();
        }
        match kind(planned) {
            "poll" => {
                self.starts = planned.get("from").is_some_and(|from| from == "start");
                let known = if self.starts { &self.from_start } else { &self.next };
                let offset = |key: &str| known.get(key).copied().unwrap_or(0);
                let offsets = keys(planned).map(|key| (key.to_owned(), offset(key).into()));
                with_offsets("poll", offsets.collect())
            }
            "commit_offsets" => {
                let offsets = self.read.iter().map(|(key, offset)| (key.clone(), json!(offset)));
                with_offsets("commit_offsets", offsets.collect())
            }
            _ => planned.clone(),
        }
    }

    /// Learns from an answer.
    pub fn answered(&mut self, op: &Operation, result: &Operation) {
        match kind(result) {
            "poll_ok" => self.polled(op, result),
            "list_committed_offsets_ok" => self.committed(op, result),
            _ => {}
        }
    }

    /// What was polled is not asked for again, except from the start: when nothing new comes there,
    /// it begins anew.
    fn polled(&mut self, op: &Operation, result: &Operation) {
        let asked = op.get("offsets").and_then(Value::as_object);
        let asked = |key: &str| asked.is_some_and(|offsets| offsets.contains_key(key));
        let place = if self.starts { &mut self.from_start } else { &mut self.next };
        let mut news = false;
        for (key, pairs) in object(result, "msgs").filter(|(key, _)| asked(key)) {
            let Some(highest) = highest(pairs) else { continue };
            news |= raise(place, key, highest.saturating_add(1));
            raise(&mut self.read, key, highest);
        }
        if self.starts && !news {
            self.from_start.clear();
        }
    }

    /// A log not read yet is read from after what was committed.
    fn committed(&mut self, op: &Operation, result: &Operation) {
        for key in keys(op) {
            let offset = result.get("offsets").and_then(|offsets| offsets.get(key)?.as_u64());
            if let Some(offset) = offset {
                self.next.entry(key.to_owned()).or_insert(offset.saturating_add(1));
            }
        }
    }
}

/// Sets the offset of a key if that is higher, or the first; whether it was.
fn raise(offsets: &mut Offsets, key: &str, offset: u64) -> bool {
    let higher = offsets.get(key).is_none_or(|known| *known < offset);
    if higher {
        offsets.insert(key.to_owned(), offset);
    }
    higher
}

/// The highest offset among pairs of offset and message.
fn highest(pairs: &Value) -> Option<u64> {
    pairs.as_array()?.iter().filter_map(|pair| pair.get(0)?.as_u64()).max()
}

fn keys(op: &Operation) -> impl Iterator<Item = &str> {
    op.get("keys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn object<'a>(map: &'a Operation, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    map.get(key).and_then(Value::as_object).into_iter().flatten()
}

fn with_offsets(f: &str, offsets: Map<String, Value>) -> Operation {
    [("f".to_owned(), f.into()), ("offsets".to_owned(), offsets.into())].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks, has it answered, and tells the offsets that were asked for.
    fn ask(logs: &mut Logs, planned: Value, result: Value) -> Value {
        let op = logs.complete(planned.as_object().unwrap());
        logs.answered(&op, result.as_object().unwrap());
        op.get("offsets").cloned().unwrap_or_default()
    }

    fn poll(logs: &mut Logs, msgs: Value) -> Value {
        ask(logs, json!({"f": "poll", "keys": ["4", "5"]}), json!({"f": "poll_ok", "msgs": msgs}))
    }

    fn poll_from_start(logs: &mut Logs, msgs: Value) -> Value {
        let planned = json!({"f": "poll", "from": "start", "keys": ["4"]});
        ask(logs, planned, json!({"f": "poll_ok", "msgs": msgs}))
    }

    fn commit(logs: &mut Logs) -> Value {
        ask(logs, json!({"f": "commit_offsets"}), json!({"f": "commit_offsets_ok"}))
    }

    fn list(logs: &mut Logs, offsets: Value) {
        let planned = json!({"f": "list_committed_offsets", "keys": ["4", "5"]});
        ask(logs, planned, json!({"f": "list_committed_offsets_ok", "offsets": offsets}));
    }

    #[test]
    fn polls_go_on_where_the_last_one_ended() {
        let mut logs = Logs::default();
        assert_eq!(poll(&mut logs, json!({"4": [[0, 7], [3, 8]]})), json!({"4": 0, "5": 0}));
        assert_eq!(poll(&mut logs, json!({"4": [], "5": [[9, 1]]})), json!({"4": 4, "5": 0}));
        assert_eq!(poll(&mut logs, json!({"4": [[1, 7]]})), json!({"4": 4, "5": 10}));
        assert_eq!(poll(&mut logs, json!({})), json!({"4": 4, "5": 10}));
    }

    #[test]
    fn the_operation_that_is_recorded_is_the_one_that_is_sent() {
        let mut logs = Logs::default();
        let planned = json!({"f": "poll", "from": "start", "keys": ["4"]});
        let op = logs.complete(planned.as_object().unwrap());
        assert_eq!(Value::from(op), json!({"f": "poll", "offsets": {"4": 0}}));
        for untouched in [
            json!({"f": "send", "key": "4", "msg": 1}),
            json!({"f": "poll", "offsets": {"4": 2}}),
            json!({"f": "read"}),
        ] {
            let op = logs.complete(untouched.as_object().unwrap());
            assert_eq!(Value::from(op), untouched);
        }
    }

    #[test]
    fn what_has_been_polled_is_committed() {
        let mut logs = Logs::default();
        assert_eq!(commit(&mut logs), json!({}));
        poll(&mut logs, json!({"4": [[0, 7], [3, 8]], "6": [[1, 1]]}));
        assert_eq!(commit(&mut logs), json!({"4": 3}));
    }

    #[test]
    fn a_new_reader_starts_after_what_is_committed_and_another_reads_on() {
        let mut logs = Logs::default();
        poll(&mut logs, json!({"4": [[0, 7]]}));
        list(&mut logs, json!({"4": 8, "5": 2}));
        assert_eq!(poll(&mut logs, json!({})), json!({"4": 1, "5": 3}));
        assert_eq!(commit(&mut logs), json!({"4": 0}), "what others committed is not read");
    }

    #[test]
    fn reading_from_the_start_takes_as_many_polls_as_it_takes_and_begins_anew() {
        let mut logs = Logs::default();
        poll(&mut logs, json!({"4": [[0, 7], [1, 8]]}));
        assert_eq!(poll_from_start(&mut logs, json!({"4": [[0, 7]]})), json!({"4": 0}));
        assert_eq!(poll_from_start(&mut logs, json!({"4": [[1, 8]]})), json!({"4": 1}));
        assert_eq!(poll_from_start(&mut logs, json!({})), json!({"4": 2}));
        assert_eq!(poll_from_start(&mut logs, json!({"4": [[0, 7]]})), json!({"4": 0}));
        assert_eq!(poll(&mut logs, json!({})), json!({"4": 2, "5": 0}), "its own place stays");
    }

    #[test]
    fn answers_that_make_no_sense_teach_nothing() {
        let mut logs = Logs::default();
        let odd = [
            json!([1]),
            json!({"4": 3}),
            json!({"4": [[-1, 2], ["7", 2], [1.5, 2], [], 9]}),
            json!({"4": {"0": 1}}),
        ];
        for msgs in odd {
            assert_eq!(poll(&mut logs, msgs), json!({"4": 0, "5": 0}));
        }
        list(&mut logs, json!({"4": -2, "5": "9"}));
        list(&mut logs, json!(null));
        poll(&mut logs, json!({"4": [[u64::MAX, 1]]}));
        assert_eq!(poll(&mut logs, json!({})), json!({"4": u64::MAX, "5": 0}));
    }
}
