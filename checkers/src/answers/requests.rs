//! Requests: what clients asked of which node, and what the answer is worth.
//!
//! The answer says whether the operation was done; an `ok` that carries an error is what the
//! error's code says (Maelstrom's `doc/protocol.md`, "Errors"). What a Byzantine node answers is
//! worth nothing: what it was asked for may have been done at any time, or never.

use crate::linearizability::is_definite;
use crate::replication::operations::{Operation, Operations, Status};
use crate::scene::Scene;
use pepperland_core::checker::Case;
use pepperland_core::history::{Event, EventId};
use pepperland_core::time::Time;
use serde_json::Value;
use std::sync::Arc;

/// Where an operation was asked for.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub enum Place {
    /// At this node.
    Node(u32),
    /// It is not known where: by this client.
    Client(u32),
}

/// An operation, with its status as above.
#[derive(Copy, Clone, Debug)]
pub struct Request {
    /// The operation.
    pub operation: Operation,
    /// Where it was asked for.
    pub place: Place,
}

/// The requests of a scene, in the order of their invokes.
pub struct Requests<'s, 'a> {
    /// The scene.
    pub scene: &'s Scene<'a>,
    all: Arc<All>,
}

struct All(Vec<Request>);

impl<'s, 'a> Requests<'s, 'a> {
    /// Those of the scene. O(events) for the first property that asks.
    pub fn of(scene: &'s Scene<'a>) -> Requests<'s, 'a> {
        let all = scene.case.once(|| {
            let operations = Operations::of(scene.case);
            All(operations.all.iter().map(|operation| request(scene.case, *operation)).collect())
        });
        Requests { scene, all }
    }

    /// All of them, with their places in the list.
    pub fn all(&self) -> impl Iterator<Item = (usize, &Request)> {
        self.all.0.iter().enumerate()
    }

    /// The one at this place in the list.
    pub fn at(&self, number: usize) -> &Request {
        &self.all.0[number]
    }

    /// The word for what was asked for.
    pub fn f(&self, request: &Request) -> &'a str {
        request.operation.f(self.scene.history)
    }

    /// A key of what was asked for.
    pub fn asked(&self, request: &Request, key: &str) -> Option<&'a Value> {
        request.operation.op(self.scene.history).get(key)
    }

    /// A key of the answer of what was done.
    pub fn told(&self, request: &Request, key: &str) -> Option<&'a Value> {
        let is_ok = request.operation.status == Status::Ok;
        is_ok.then(|| request.operation.result(self.scene.history).get(key)).flatten()
    }

    /// Where it begins in time.
    pub fn begin(&self, request: &Request) -> u64 {
        request.operation.begin(self.scene)
    }

    /// Where it has been answered for certain: what begins later in time comes after it.
    pub fn end(&self, request: &Request) -> u64 {
        request.operation.end(self.scene).unwrap_or(u64::MAX)
    }

    /// When it began.
    pub fn began_at(&self, request: &Request) -> Time {
        self.scene.time(request.operation.invoke)
    }

    /// When it was answered; when it began, if it was not.
    pub fn ended_at(&self, request: &Request) -> Time {
        let event = request.operation.response.unwrap_or(request.operation.invoke);
        self.scene.time(event).max(self.began_at(request))
    }

    /// Its events.
    pub fn events(&self, request: &Request) -> impl Iterator<Item = EventId> + use<> {
        request.operation.events()
    }

    /// Whose operation, and where: `c1's read at n2`.
    pub fn whose(&self, request: &Request, what: &str) -> String {
        let who = request.operation.who(self.scene.history);
        match request.place {
            Place::Node(node) => format!("{who}'s {what} at {}", self.scene.node_name(node)),
            Place::Client(_) => format!("{who}'s {what}"),
        }
    }

    /// Whether the place was there in the end: a correct node, or nobody knows which node.
    pub fn stays(&self, place: Place) -> bool {
        match place {
            Place::Node(node) => self.scene.case.correct[node as usize],
            Place::Client(_) => true,
        }
    }
}

fn request(case: &Case<'_>, operation: Operation) -> Request {
    let history = case.history;
    let invoke = history.event(EventId(operation.invoke));
    let response = operation.response.map(|response| history.event(EventId(response)));
    let node = |event: Event<'_>| {
        let known = event.node().filter(|node| node.index() < history.node_count());
        known.map(|node| node.0)
    };
    let nodes = [node(invoke), response.and_then(node)];
    let lies = nodes.iter().flatten().any(|node| case.byzantine[*node as usize]);
    let place =
        nodes.into_iter().flatten().next().map_or(Place::Client(operation.client), Place::Node);
    let status = if lies { Status::Unknown } else { worth(operation, response) };
    Request { operation: Operation { status, ..operation }, place }
}

fn worth(operation: Operation, response: Option<Event<'_>>) -> Status {
    let result = response.and_then(|response| response.field("result"));
    let is_error = result.and_then(|result| result.get("f")).is_some_and(|f| f == "error");
    let code = || result.and_then(|result| result.get("code")).and_then(Value::as_i64);
    match operation.status {
        Status::Ok if is_error && is_definite(code().unwrap_or(0)) => Status::Fail,
        Status::Ok if is_error => Status::Unknown,
        status => status,
    }
}
