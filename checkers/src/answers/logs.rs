//! Logs: what was sent to each key, at which offset, and what polls showed (Maelstrom's workload
//! `kafka`, after Jepsen's `jepsen.tests.kafka`).
//!
//! A poll asks for some keys, each from an offset on, and shows messages with their offsets; where
//! it names no offset it goes on where its client's last poll of the key ended. Offsets are whole
//! numbers and may have gaps: an offset is *known* if the answer of a send or a poll tells it. A
//! message is told by its value, for values are to be unique within a key; one of which another
//! request sends the same value is not judged by its value. What an answer holds besides is
//! skipped.

use crate::answers::requests::{Request, Requests};
use crate::linearizability::values::{Datum, Values};
use crate::replication::operations::{Status, shortened};
use crate::scene::Scene;
use pepperland_core::collections::{Map, Set};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The workload whose objects are logs.
pub const WORKLOAD: &str = "kafka";

/// A message that somebody asked to send.
#[derive(Copy, Clone, Debug)]
pub struct Send {
    /// The request.
    pub request: usize,
    /// The message.
    pub value: Datum,
    /// Where it stands, if the answer tells.
    pub offset: Option<i64>,
}

/// Where a poll of a key starts.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Start {
    /// At this offset.
    At(i64),
    /// After what this poll showed, by its place in the log's polls.
    After(usize),
    /// Wherever the service likes.
    Anywhere,
}

/// What a poll that was answered asked and showed of one key.
#[derive(Clone, Debug)]
pub struct Poll {
    /// The request.
    pub request: usize,
    /// Where it starts.
    pub start: Start,
    /// What it showed, in its order.
    pub shown: Vec<(i64, Datum)>,
}

/// What is known of one key.
#[derive(Default)]
pub struct Log {
    /// What was sent and not refused.
    pub sends: Vec<Send>,
    /// What was refused.
    pub refused: Vec<Send>,
    /// The polls.
    pub polls: Vec<Poll>,
    /// The requests whose answers tell where to start, as committed before.
    pub told: Vec<usize>,
    /// The known offsets, each with the first request that tells it.
    pub known: BTreeMap<i64, usize>,
}

impl Log {
    /// The offset after which a poll starts or goes on, if it is known.
    pub fn position(&self, poll: &Poll) -> Option<i64> {
        match poll.start {
            Start::At(offset) => Some(offset),
            Start::After(before) => {
                self.polls[before].shown.last().map(|(offset, _)| offset.saturating_add(1))
            }
            Start::Anywhere => None,
        }
    }

    /// The messages that more than one request sends.
    pub fn repeated(&self) -> Set<Datum> {
        let mut met = Set::default();
        self.sends.iter().map(|send| send.value).filter(|value| !met.insert(*value)).collect()
    }
}

/// The logs of a history.
pub struct Contents {
    /// By key.
    pub all: BTreeMap<String, Log>,
    values: Values,
}

/// The logs of a scene.
pub struct Logs<'s, 'a> {
    /// The requests.
    pub requests: Requests<'s, 'a>,
    /// The logs.
    pub contents: Arc<Contents>,
}

impl<'s, 'a> Logs<'s, 'a> {
    /// The logs of the scene. O(n log n) in what was sent and shown, for the first property that
    /// asks.
    pub fn of(scene: &'s Scene<'a>) -> Logs<'s, 'a> {
        let requests = Requests::of(scene);
        let contents = scene.case.once(|| Contents::read(&requests));
        Logs { requests, contents }
    }

    /// A request.
    pub fn request(&self, number: usize) -> &Request {
        self.requests.at(number)
    }

    /// A message in words.
    pub fn text(&self, value: Datum) -> String {
        shortened(self.contents.values.text(value))
    }

    /// Whose request, and where.
    pub fn whose(&self, number: usize) -> String {
        let request = self.request(number);
        self.requests.whose(request, self.requests.f(request))
    }
}

/// A key in words.
pub fn name(key: &str) -> String {
    format!("key {}", shortened(key.to_owned()))
}

impl Contents {
    fn read(requests: &Requests<'_, '_>) -> Contents {
        let (all, values) = (BTreeMap::new(), Values::default());
        let mut reader =
            Reader { requests, contents: Contents { all, values }, last: Map::default() };
        for (number, request) in requests.all() {
            match requests.f(request) {
                "send" => reader.send(number, request),
                "poll" => reader.poll(number, request),
                "list_committed_offsets" => {
                    for key in asked_keys(requests, request) {
                        reader.log(&key).told.push(number);
                    }
                }
                _ => {}
            }
        }
        reader.contents
    }
}

struct Reader<'r, 's, 'a> {
    requests: &'r Requests<'s, 'a>,
    contents: Contents,
    /// For each client and key the last poll that showed something, by its place in the log.
    last: Map<(u32, String), usize>,
}

impl<'a> Reader<'_, '_, 'a> {
    fn log(&mut self, key: &str) -> &mut Log {
        self.contents.all.entry(key.to_owned()).or_default()
    }

    fn send(&mut self, number: usize, request: &Request) {
        let key = self.requests.asked(request, "key").map(key);
        let (Some(key), Some(message)) = (key, self.requests.asked(request, "msg")) else { return };
        let offset = self.requests.told(request, "offset").and_then(Value::as_i64);
        let value = self.contents.values.number(message);
        let log = self.log(&key);
        let send = Send { request: number, value, offset };
        if request.operation.status == Status::Fail {
            return log.refused.push(send);
        }
        log.sends.push(send);
        offset.into_iter().for_each(|offset| _ = log.known.entry(offset).or_insert(number));
    }

    fn poll(&mut self, number: usize, request: &Request) {
        if request.operation.status != Status::Ok {
            return;
        }
        let asked = self.requests.asked(request, "offsets").and_then(Value::as_object);
        let shown = self.requests.told(request, "msgs").and_then(Value::as_object);
        let keys = asked.into_iter().flatten().chain(shown.into_iter().flatten());
        let keys: std::collections::BTreeSet<&String> = keys.map(|(key, _)| key).collect();
        for key in keys {
            let from = asked.and_then(|asked| asked.get(key)).and_then(Value::as_i64);
            let shown = self.messages(shown.and_then(|shown| shown.get(key)));
            let place = (request.operation.client, key.clone());
            let before = self.last.get(&place).copied();
            let anywhere = before.map_or(Start::Anywhere, Start::After);
            let start = from.map_or(anywhere, Start::At);
            let log = self.contents.all.entry(key.clone()).or_default();
            for (offset, _) in &shown {
                log.known.entry(*offset).or_insert(number);
            }
            if !shown.is_empty() {
                self.last.insert(place, log.polls.len());
            }
            log.polls.push(Poll { request: number, start, shown });
        }
    }

    /// The messages that a poll shows, with their offsets.
    fn messages(&mut self, shown: Option<&'a Value>) -> Vec<(i64, Datum)> {
        let pairs = shown.and_then(Value::as_array).into_iter().flatten();
        let pair = |pair: &'a Value| match pair.as_array().map(Vec::as_slice) {
            Some([offset, value]) => Some((offset.as_i64()?, self.contents.values.number(value))),
            _ => None,
        };
        pairs.filter_map(pair).collect()
    }
}

fn asked_keys(requests: &Requests<'_, '_>, request: &Request) -> Vec<String> {
    let is_done = request.operation.status == Status::Ok;
    let keys = requests.asked(request, "keys").filter(|_| is_done).and_then(Value::as_array);
    keys.into_iter().flatten().map(key).collect()
}

/// A key's name, which in a poll is always a text.
fn key(key: &Value) -> String {
    key.as_str().map_or_else(|| key.to_string(), str::to_owned)
}
