//! Numbers for what a program calls by names of its own.

use pepperland_core::contract::{Stable, StableKey, Timer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The timers of one process. A name is a string or a number, and comes back as it was given.
#[derive(Default)]
pub struct Timers {
    numbers: BTreeMap<String, u32>,
    names: Vec<Value>,
}

impl Timers {
    /// The timer of a name.
    pub fn timer(&mut self, name: &Value) -> Timer {
        let next = self.names.len() as u32;
        let tag = *self.numbers.entry(name.to_string()).or_insert(next);
        if tag == next {
            self.names.push(name.clone());
        }
        Timer { place: 0, tag }
    }

    /// The name of a timer.
    pub fn name(&self, timer: Timer) -> Value {
        self.names.get(timer.tag as usize).cloned().unwrap_or_default()
    }
}

/// Where a node's values lie in its stable storage: each with its key, by the number of the key.
#[derive(Default)]
pub struct Disk {
    numbers: BTreeMap<String, u32>,
}

impl Disk {
    /// The disk as an earlier incarnation left it, and what is on it.
    pub fn read(stable: &Stable) -> (Disk, Map<String, Value>) {
        let (mut disk, mut stored) = (Disk::default(), Map::new());
        for ((number, _), bytes) in stable.entries() {
            let Ok((key, value)) = serde_json::from_slice::<(String, Value)>(bytes) else {
                continue;
            };
            disk.numbers.insert(key.clone(), number);
            stored.insert(key, value);
        }
        (disk, stored)
    }

    /// What to write where, so that the key has the value.
    pub fn write(&mut self, key: String, value: Value) -> (StableKey, Vec<u8>) {
        // A value that did not survive leaves a gap among the numbers.
        let next = self.numbers.values().max().map_or(0, |last| last + 1);
        let number = *self.numbers.entry(key.clone()).or_insert(next);
        let entry = Value::Array(vec![Value::String(key), value]);
        ((number, "stored"), entry.to_string().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn timers_of_equal_names_are_one() {
        let mut timers = Timers::default();
        let (one, text_one, two) = (json!(1), json!("1"), json!(2));
        let timer = timers.timer(&one);
        assert_ne!(timers.timer(&text_one), timer);
        assert_ne!(timers.timer(&two), timer);
        assert_eq!(timers.timer(&one), timer);
        assert_eq!(timers.name(timer), one);
    }

    #[test]
    fn what_is_stored_is_found_after_a_crash() {
        let (mut disk, mut stable) = (Disk::default(), Stable::default());
        for (key, value) in [("a", json!(1)), ("b", json!({"x": null})), ("a", json!(2))] {
            let (at, bytes) = disk.write(key.to_owned(), value);
            stable.perform(at, bytes);
        }
        let (mut disk, stored) = Disk::read(&stable.after_crash());
        assert_eq!(Value::from(stored), json!({"a": 2, "b": {"x": null}}));
        assert_eq!(disk.write("b".to_owned(), json!(0)).0, (1, "stored"));
        assert_eq!(disk.write("c".to_owned(), json!(0)).0, (2, "stored"));
    }
}
