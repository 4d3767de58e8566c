//! Who depends on whom, as pairs: each transaction with each that comes after it by one key.

use super::{Pair, World, closure};
use serde_json::Value;
use std::collections::BTreeSet;

impl World {
    fn read_from(&self) -> BTreeSet<Pair> {
        let pair = |(reader, key, seen): (usize, &String, Vec<Value>)| {
            let writer = self.installed(key, seen.last()?)?;
            (writer != reader).then_some((writer, reader, "wr", (0, String::new(), 0)))
        };
        if self.lists {
            return self.others().map(|read| (read.0, read.1, read.2)).filter_map(pair).collect();
        }
        self.foreign().map(|read| (read.0, read.1, read.2.clone())).filter_map(pair).collect()
    }

    pub fn of_lists(&self) -> BTreeSet<Pair> {
        let mut pairs = self.read_from();
        for key in self.keys() {
            let (trunk, true) = self.trunk(&key) else { continue };
            let shown: Vec<(usize, usize)> = trunk
                .iter()
                .enumerate()
                .filter_map(|(place, value)| Some((place, self.living(&key, value)?)))
                .collect();
            let unseen = |txn: &usize| {
                let mut writes = self.txns[*txn].writes();
                let unseen = writes.any(|(k, value)| *k == key && !trunk.contains(value));
                unseen && self.takes_effect(*txn)
            };
            let unseen: Vec<usize> = (0..self.txns.len()).filter(unseen).collect();
            let none = (0, String::new(), 0);
            for (place, from) in &shown {
                let after = shown.iter().filter(|(other, _)| other > place).map(|(_, to)| to);
                for to in after.chain(&unseen).filter(|to| *to != from) {
                    pairs.insert((*from, *to, "ww", none.clone()));
                }
            }
            for (reader, _, list, _) in self.others().filter(|read| *read.1 == key) {
                if !trunk.starts_with(&list) {
                    continue;
                }
                let after: Vec<usize> =
                    shown.iter().filter(|s| s.0 >= list.len()).map(|(_, to)| *to).collect();
                let why = match after.first() {
                    Some(next) if *next == reader => continue,
                    None if unseen.contains(&reader) => "either",
                    _ => "rw",
                };
                for to in after.iter().chain(&unseen).filter(|to| **to != reader) {
                    pairs.insert((reader, *to, why, (reader, key.clone(), list.len())));
                }
            }
        }
        pairs
    }

    pub fn of_registers(&self) -> BTreeSet<Pair> {
        let mut pairs = self.read_from();
        for key in self.keys() {
            let mut later: BTreeSet<(Option<String>, String, usize)> = BTreeSet::new();
            for (i, txn) in self.txns.iter().enumerate().filter(|(_, txn)| txn.lives()) {
                let last = txn.writes().filter(|(k, _)| **k == key).last();
                let Some((_, value)) = last else { continue };
                if self.takes_effect(i) {
                    later.insert((None, value.to_string(), i));
                }
                let own = self.foreign().filter(|(reader, k, _)| *reader == i && **k == key);
                for read in own.filter_map(|(.., seen)| seen.first()) {
                    if self.installed(&key, read).is_some() {
                        later.insert((Some(read.to_string()), value.to_string(), i));
                    }
                }
            }
            let names: BTreeSet<&String> = later.iter().map(|(_, value, _)| value).collect();
            let names: Vec<&String> = names.into_iter().collect();
            let place = |value: &String| names.iter().position(|name| *name == value);
            let order =
                later.iter().filter_map(|(from, to, _)| Some((place(from.as_ref()?)?, place(to)?)));
            let order = closure(names.len(), order);
            if (0..names.len()).any(|i| order[i][i]) {
                continue;
            }
            let writer =
                |value: &String| self.living(&key, &serde_json::from_str::<Value>(value).unwrap());
            for (from, _, to) in &later {
                if let Some(from) = from.as_ref().and_then(writer).filter(|from| from != to) {
                    pairs.insert((from, *to, "ww", (0, String::new(), 0)));
                }
            }
            for (reader, _, seen) in self.foreign().filter(|read| *read.1 == key) {
                let version = seen.first().map(|value| value.to_string());
                let writes = self.txns[reader].writes().any(|(k, _)| *k == key);
                let why = if writes { "either" } else { "rw" };
                let group = version.as_ref().map_or(0, |value| 1 + writer(value).unwrap_or(99));
                for (.., to) in later.iter().filter(|l| l.0 == version && l.2 != reader) {
                    pairs.insert((reader, *to, why, (reader, key.clone(), group)));
                }
            }
        }
        pairs
    }

    /// Of registers: who wrote before a version because that was read after them, and who read a
    /// version before another was written because it was written before that.
    pub fn recent(&self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (reader, key, seen) in self.foreign() {
            let writer = seen.first().and_then(|value| self.installed(key, value));
            let Some(writer) = writer else { continue };
            for other in (0..self.txns.len()).filter(|other| *other != writer && *other != reader) {
                let writes = self.txns[other].writes().any(|(k, _)| k == key);
                if !writes || !self.takes_effect(other) {
                    continue;
                }
                if self.earlier(other, reader) {
                    pairs.push((other, writer));
                }
                if self.earlier(writer, other) {
                    pairs.push((reader, other));
                }
            }
        }
        pairs
    }
}
