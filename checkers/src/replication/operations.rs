//! Operations: what clients asked for and what they were told, from the invokes and responses.
//!
//! An operation without a response is as one whose response is `unknown`: it may take effect at any
//! time, or never. A client has one operation open at a time; where a history says otherwise, the
//! newer one counts as the answered one.

use crate::scene::Scene;
use pepperland_core::checker::Case;
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, EventId, History, Kind};
use serde_json::Value;
use std::sync::Arc;

/// What a client knows of the end of its operation.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// It was done.
    Ok,
    /// It was not done and never will be.
    Fail,
    /// It may have been done, or may be yet.
    Unknown,
}

/// One operation.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Operation {
    /// The client, numbered in the order of their first operations.
    pub client: u32,
    /// The event that began it.
    pub invoke: u32,
    /// The event that ended it, if it ended.
    pub response: Option<u32>,
    /// How it ended.
    pub status: Status,
}

/// The operations of a history, in the order of their invokes.
pub struct Operations {
    /// All of them.
    pub all: Vec<Operation>,
}

impl Operations {
    /// Those of the case, worked out once. O(events).
    pub fn of(case: &Case<'_>) -> Arc<Operations> {
        case.once(|| Operations::read(case.history))
    }

    fn read(history: &History) -> Operations {
        let mut all: Vec<Operation> = Vec::new();
        let mut clients: Map<&str, (u32, Option<usize>)> = Map::default();
        for event in history.events() {
            let (kind, id) = (event.kind(), event.id.0);
            if !matches!(kind, Kind::Invoke | Kind::Response) {
                continue;
            }
            let next = clients.len() as u32;
            let (client, open) = clients.entry(client(event)).or_insert((next, None));
            if kind == Kind::Invoke {
                *open = Some(all.len());
                let (invoke, status) = (id, Status::Unknown);
                all.push(Operation { client: *client, invoke, response: None, status });
            } else if let Some(open) = open.take() {
                all[open].response = Some(id);
                all[open].status = match event.field("status").and_then(Value::as_str) {
                    Some("ok") => Status::Ok,
                    Some("fail") => Status::Fail,
                    _ => Status::Unknown,
                };
            }
        }
        Operations { all }
    }
}

/// The client of an invoke or a response.
pub fn client<'h>(event: Event<'h>) -> &'h str {
    event.field("client").and_then(Value::as_str).unwrap_or("")
}

impl Operation {
    /// What was asked for.
    pub fn op<'h>(&self, history: &'h History) -> &'h Value {
        history.event(EventId(self.invoke)).field("op").unwrap_or(&Value::Null)
    }

    /// The word for what was asked for.
    pub fn f<'h>(&self, history: &'h History) -> &'h str {
        self.op(history).get("f").and_then(Value::as_str).unwrap_or("")
    }

    /// What was answered.
    pub fn result<'h>(&self, history: &'h History) -> &'h Value {
        let response = self.response.map(|response| history.event(EventId(response)));
        response.and_then(|response| response.field("result")).unwrap_or(&Value::Null)
    }

    /// Who asked.
    pub fn who<'h>(&self, history: &'h History) -> &'h str {
        client(history.event(EventId(self.invoke)))
    }

    /// Where it begins in time.
    pub fn begin(&self, scene: &Scene<'_>) -> u64 {
        scene.key(self.invoke)
    }

    /// Where it has ended for certain: one that begins later in time comes after it. None if it
    /// may still take effect.
    pub fn end(&self, scene: &Scene<'_>) -> Option<u64> {
        let ended = self.response.filter(|_| self.status != Status::Unknown);
        ended.map(|response| scene.start_key(response))
    }

    /// Its events.
    pub fn events(&self) -> impl Iterator<Item = EventId> + use<> {
        std::iter::once(self.invoke).chain(self.response).map(EventId)
    }
}

/// A value, short enough for a sentence.
pub fn short(value: &Value) -> String {
    shortened(value.to_string())
}

/// A text, short enough for a sentence.
pub fn shortened(text: String) -> String {
    match text.char_indices().nth(40) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_answered_is_not_known() {
        let events = [
            r#"{"t":1,"k":"invoke","client":"a","op":{"f":"add","element":1}}"#,
            r#"{"t":1,"k":"invoke","client":"b","op":{"f":"read"}}"#,
            r#"{"t":2,"k":"response","client":"a","result":{"f":"add_ok"},"status":"ok"}"#,
            r#"{"t":3,"k":"invoke","client":"a","op":{"f":"read"}}"#,
        ];
        let history = crate::replication::tests::history(&[], &events);
        let all = Operations::read(&history).all;
        let told: Vec<_> = all.iter().map(|o| (o.client, o.invoke, o.response)).collect();
        assert_eq!(told, [(0, 0, Some(2)), (1, 1, None), (0, 3, None)]);
        assert_eq!(all[0].status, Status::Ok);
        assert_eq!((all[1].f(&history), all[1].who(&history)), ("read", "b"));
    }
}
