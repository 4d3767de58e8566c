//! Sets that grow: what was added, and what reads showed.
//!
//! | workload | adds | reads |
//! |---|---|---|
//! | `broadcast` | `broadcast {message}` | `read` → `messages` |
//! | `g-set` | `add {element}` | `read` → `value` |
//!
//! Either form is taken in either workload. An answer to a read that holds no list shows nothing
//! that could be judged and counts as none.

use crate::answers::finals;
use crate::answers::requests::{Request, Requests};
use crate::linearizability::values::{Datum, Values};
use crate::replication::operations::{Status, shortened};
use crate::scene::Scene;
use pepperland_core::collections::Set;
use serde_json::Value;
use std::sync::Arc;

/// The workloads whose object is such a set.
pub const WORKLOADS: &[&str] = &["broadcast", "g-set"];

/// An element that somebody asked to add.
#[derive(Copy, Clone, Debug)]
pub struct Add {
    /// The request.
    pub request: usize,
    /// The element.
    pub element: Datum,
}

/// A read that was answered.
#[derive(Clone, Debug)]
pub struct Read {
    /// The request.
    pub request: usize,
    /// What it showed, in its order, repetitions included.
    pub shown: Vec<Datum>,
}

impl Read {
    /// What it showed, each element once.
    pub fn elements(&self) -> Set<Datum> {
        self.shown.iter().copied().collect()
    }
}

/// The adds and reads of a history, in the order of their requests.
pub struct Contents {
    /// What was asked to be added.
    pub adds: Vec<Add>,
    /// What was shown.
    pub reads: Vec<Read>,
    /// What was there at first.
    pub initial: Vec<Datum>,
    values: Values,
}

/// The set of a scene.
pub struct Sets<'s, 'a> {
    /// The requests.
    pub requests: Requests<'s, 'a>,
    /// What they added and showed.
    pub contents: Arc<Contents>,
}

impl<'s, 'a> Sets<'s, 'a> {
    /// The set of the scene. O(n) in what was added and shown, for the first property that asks.
    pub fn of(scene: &'s Scene<'a>) -> Sets<'s, 'a> {
        let requests = Requests::of(scene);
        let contents = scene.case.once(|| Contents::read(&requests));
        Sets { requests, contents }
    }

    /// The request of an add or a read.
    pub fn request(&self, number: usize) -> &Request {
        self.requests.at(number)
    }

    /// Whether the add was acknowledged.
    pub fn is_done(&self, add: &Add) -> bool {
        self.request(add.request).operation.status == Status::Ok
    }

    /// The final reads.
    pub fn finals(&self) -> Vec<&Read> {
        let adds = self.contents.adds.iter().map(|add| self.request(add.request));
        let settled = finals::settled(&self.requests, adds);
        let reads = self.contents.reads.iter().map(|read| self.request(read.request));
        let last = finals::finals(&self.requests, reads.enumerate(), settled);
        last.into_iter().map(|read| &self.contents.reads[read]).collect()
    }

    /// An element in words.
    pub fn text(&self, element: Datum) -> String {
        shortened(self.contents.values.text(element))
    }

    /// Whose read, and where.
    pub fn reader(&self, read: &Read) -> String {
        self.requests.whose(self.request(read.request), "read")
    }
}

impl Contents {
    fn read(requests: &Requests<'_, '_>) -> Contents {
        let mut values = Values::default();
        let initial = requests.scene.history.header.initial.as_ref().and_then(Value::as_array);
        let initial = initial.into_iter().flatten().map(|element| values.number(element)).collect();
        let (mut adds, mut reads) = (Vec::new(), Vec::new());
        for (number, request) in requests.all() {
            match requests.f(request) {
                "add" | "broadcast" => {
                    let element = requests.asked(request, "element");
                    let element = element.or_else(|| requests.asked(request, "message"));
                    let add = |element| Add { request: number, element: values.number(element) };
                    adds.extend(element.map(add));
                }
                "read" => {
                    let shown = requests.told(request, "value");
                    let shown = shown.or_else(|| requests.told(request, "messages"));
                    if let Some(shown) = shown.and_then(Value::as_array) {
                        let shown = shown.iter().map(|element| values.number(element)).collect();
                        reads.push(Read { request: number, shown });
                    }
                }
                _ => {}
            }
        }
        Contents { adds, reads, initial, values }
    }
}
