//! Effects: what updates do to the objects of a service, and what reads show of them.
//!
//! | object | updates | reads |
//! |---|---|---|
//! | set | `add {element}`, `broadcast {message}`, `append {value}` | `read` → a list: `value`, `messages` |
//! | counter | `add {delta}`, no delta negative | `read` → `value`: a whole number |
//! | register | `write {value}`, `cas {to}` | `read` → `value` |
//!
//! An object is what has one `key`, or none. One that is updated in two of these ways, or asked for
//! anything else, shows nothing: removals could explain whatever is missing. So does every object
//! if something else is asked of no object by name. An operation whose effect is the answer to a
//! question only, such as `echo`, touches nothing.

use crate::replication::operations::{Operation, Operations, Status};
use crate::scene::Scene;
use pepperland_core::history::History;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What kind of object it is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Shape {
    /// Elements, which only become more.
    Set,
    /// A sum, which only grows.
    Counter,
    /// The last value written.
    Register,
}

/// One object.
#[derive(Default)]
pub struct Object {
    /// None as long as nobody updated it.
    pub shape: Option<Shape>,
    /// The updates, by place in the operations.
    pub updates: Vec<usize>,
    /// The reads that were answered.
    pub reads: Vec<usize>,
    is_opaque: bool,
}

/// The objects of a history.
pub struct Objects<'s, 'a> {
    /// The scene.
    pub scene: &'s Scene<'a>,
    /// The operations.
    pub operations: Arc<Operations>,
    /// The objects, by their keys.
    pub all: BTreeMap<String, Object>,
}

/// What an operation does.
enum Deed {
    Update(Shape),
    Read,
    Nothing,
    Other,
}

impl<'s, 'a> Objects<'s, 'a> {
    /// Those of the scene. O(n log n) in operations.
    pub fn of(scene: &'s Scene<'a>) -> Objects<'s, 'a> {
        let operations = Operations::of(scene.case);
        let mut all: BTreeMap<String, Object> = BTreeMap::new();
        let mut is_opaque = false;
        for (place, operation) in operations.all.iter().enumerate() {
            let op = operation.op(scene.history);
            let deed = deed(op, operation.f(scene.history));
            let key = op.get("key").map(Value::to_string);
            is_opaque |= matches!(deed, Deed::Other) && key.is_none();
            let object = all.entry(key.unwrap_or_default()).or_default();
            match deed {
                Deed::Update(shape) => {
                    object.is_opaque |= object.shape.is_some_and(|known| known != shape);
                    object.shape = Some(shape);
                    object.updates.push(place);
                }
                Deed::Read if operation.status == Status::Ok => object.reads.push(place),
                Deed::Read | Deed::Nothing => {}
                Deed::Other => object.is_opaque = true,
            }
        }
        all.retain(|_, object| !object.is_opaque && !is_opaque);
        Objects { scene, operations, all }
    }

    /// The history.
    pub fn history(&self) -> &'a History {
        self.scene.history
    }

    /// The operation at a place.
    pub fn operation(&self, place: usize) -> &Operation {
        &self.operations.all[place]
    }

    /// What the update at a place adds or writes.
    pub fn what(&self, place: usize) -> &'a Value {
        let op = self.operation(place).op(self.history());
        let keys = ["element", "message", "to", "value", "delta"];
        keys.into_iter().find_map(|key| op.get(key)).unwrap_or(&Value::Null)
    }

    /// What the read at a place shows.
    pub fn shown(&self, place: usize) -> &'a Value {
        let result = self.operation(place).result(self.history());
        result.get("value").or_else(|| result.get("messages")).unwrap_or(&Value::Null)
    }

    /// Whether an object may show this though nobody updated it: what the header says, or the
    /// like of nothing.
    pub fn is_initial(&self, key: &str, value: &Value) -> bool {
        let is_nothing = match value {
            Value::Null | Value::Bool(false) => true,
            Value::Number(number) => number.as_i64() == Some(0),
            Value::String(text) => text.is_empty(),
            Value::Array(elements) => elements.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Bool(true) => false,
        };
        let initial = self.history().header.initial.as_ref();
        is_nothing || initial == Some(value) || self.initial(key) == Some(value)
    }

    /// What the header says of the object at the start.
    pub fn initial(&self, key: &str) -> Option<&'a Value> {
        let initial = self.history().header.initial.as_ref()?;
        let Value::Object(map) = initial else { return Some(initial) };
        let bare = key.strip_prefix('"').and_then(|key| key.strip_suffix('"'));
        map.get(key).or_else(|| map.get(bare?))
    }

    /// Where the update at a place has ended for certain, if it was done.
    pub fn done(&self, place: usize) -> Option<u64> {
        let operation = self.operation(place);
        operation.end(self.scene).filter(|_| operation.status == Status::Ok)
    }

    /// Where an operation begins.
    pub fn begin(&self, place: usize) -> u64 {
        self.operation(place).begin(self.scene)
    }

    /// The updates that were done, by where they ended.
    pub fn in_order_of_ends(&self, object: &Object) -> Vec<(u64, usize)> {
        let done = object.updates.iter().filter_map(|place| Some((self.done(*place)?, *place)));
        let mut done: Vec<(u64, usize)> = done.collect();
        done.sort_unstable();
        done
    }
}

fn deed(op: &Value, f: &str) -> Deed {
    let counts = || op.get("delta").and_then(Value::as_u64).is_some();
    match f {
        "add" if op.get("element").is_some() => Deed::Update(Shape::Set),
        "broadcast" if op.get("message").is_some() => Deed::Update(Shape::Set),
        "append" if op.get("value").is_some() => Deed::Update(Shape::Set),
        "add" if counts() => Deed::Update(Shape::Counter),
        "write" if op.get("value").is_some() => Deed::Update(Shape::Register),
        "cas" if op.get("to").is_some() => Deed::Update(Shape::Register),
        "read" => Deed::Read,
        "echo" | "generate" | "topology" => Deed::Nothing,
        _ => Deed::Other,
    }
}
