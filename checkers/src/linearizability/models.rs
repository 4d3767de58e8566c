//! The sequential objects that clients' operations are held against, and how their bodies are read.

use crate::linearizability::calls::{Action, Taken};
use crate::linearizability::values::{Datum, NOTHING, Values};
use pepperland_core::history::Header;
use serde_json::{Map, Value};

/// A sequential object.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Model {
    /// A register for each key: read, write, compare and swap.
    Registers,
    /// A number: add, read.
    Counter,
    /// A set that grows: add, read.
    Set,
    /// First in, first out: enqueue, dequeue.
    Queue,
    /// Last in, first out: push, pop.
    Stack,
}

/// The workloads that a model stands for.
pub const WORKLOADS: &[&str] = &["register", "lin-kv", "counter", "set", "queue", "stack"];

impl Model {
    /// The model of a workload, if it has one.
    pub fn of(workload: &str) -> Option<Model> {
        match workload {
            "register" | "lin-kv" => Some(Model::Registers),
            "counter" => Some(Model::Counter),
            "set" => Some(Model::Set),
            "queue" => Some(Model::Queue),
            "stack" => Some(Model::Stack),
            _ => None,
        }
    }
}

/// The state before the first operation.
pub struct Initial {
    /// Of a register that is not named.
    pub value: Datum,
    /// Of registers, by their keys' texts.
    named: Map<String, Value>,
    /// Of a counter.
    pub sum: i128,
    /// Of a set, a queue or a stack.
    pub items: Vec<Datum>,
}

impl Initial {
    /// What the header says, or the empty object. An object as the state of a `lin-kv` holds the
    /// values by key; anything else is the value of every register.
    pub fn of(header: &Header, model: Model, values: &mut Values) -> Result<Initial, String> {
        let mut initial = Initial { value: NOTHING, named: Map::new(), sum: 0, items: Vec::new() };
        let Some(stated) = header.initial.as_ref().filter(|stated| !stated.is_null()) else {
            return Ok(initial);
        };
        match (model, stated) {
            (Model::Registers, Value::Object(named))
                if header.workload.as_deref() == Some("lin-kv") =>
            {
                initial.named = named.clone();
            }
            (Model::Registers, value) => initial.value = values.number(value),
            (Model::Counter, value) => {
                initial.sum = whole(value).ok_or("the initial state is no whole number")?;
            }
            (_, Value::Array(items)) => {
                initial.items = items.iter().map(|item| values.number(item)).collect();
            }
            _ => return Err("the initial state is no list".to_owned()),
        }
        Ok(initial)
    }

    /// The first value of the register with this key.
    pub fn of_key(&self, key: Option<&Value>, values: &mut Values) -> Datum {
        let named = match key {
            Some(Value::String(text)) => self.named.get(text),
            Some(other) => self.named.get(&other.to_string()),
            None => None,
        };
        named.map_or(self.value, |value| values.number(value))
    }
}

/// The keys of a request's body that some model knows.
#[derive(Default)]
struct Body<'h> {
    f: &'h str,
    key: Option<&'h Value>,
    value: Option<&'h Value>,
    from: Option<&'h Value>,
    to: Option<&'h Value>,
    amount: Option<&'h Value>,
    creates: bool,
}

impl<'h> Body<'h> {
    fn of(fields: &'h Map<String, Value>) -> Body<'h> {
        let mut body = Body::default();
        for (name, value) in fields {
            match name.as_str() {
                "f" => body.f = value.as_str().unwrap_or(""),
                "key" => body.key = Some(value),
                "value" | "element" => body.value = Some(value),
                "from" => body.from = Some(value),
                "to" => body.to = Some(value),
                "delta" => body.amount = Some(value),
                "create_if_not_exists" => body.creates = value.as_bool() == Some(true),
                _ => {}
            }
        }
        body
    }
}

/// What a request asks for, and of which key. None if it is no operation of the model.
#[inline]
pub fn request<'h>(
    model: Model,
    fields: &'h Map<String, Value>,
    values: &mut Values,
) -> Option<(Option<&'h Value>, Action)> {
    let body = Body::of(fields);
    let mut number = |value: Option<&Value>| value.map(|value| values.number(value));
    let action = match (model, body.f) {
        (Model::Registers, "read") => Action::Read(NOTHING),
        (Model::Registers, "write") => Action::Write(number(body.value)?),
        (Model::Registers, "cas") => {
            let (from, to) = (number(body.from)?, number(body.to)?);
            Action::Cas { from, to, creates: body.creates }
        }
        (Model::Counter, "add" | "inc") => {
            let amount = body.amount.or(body.value);
            Action::Count(amount.map_or(Some(1), small)?)
        }
        (Model::Counter, "read") => Action::Sum(0),
        (Model::Set, "add") => Action::Insert(number(body.value)?),
        (Model::Set, "read") => Action::Members(0),
        (Model::Queue, "enqueue") | (Model::Stack, "push") => {
            Action::Put(number(body.value).filter(|value| *value != NOTHING)?)
        }
        (Model::Queue, "dequeue") | (Model::Stack, "pop") => Action::Take(Taken::Unknown),
        _ => return None,
    };
    Some((body.key.filter(|_| model == Model::Registers), action))
}

/// Puts the answer into the action. None if it cannot be understood.
#[inline]
pub fn answer(
    action: &mut Action,
    result: Option<&Map<String, Value>>,
    values: &mut Values,
    lists: &mut Vec<Vec<Datum>>,
) -> Option<()> {
    if action.changes_blindly() {
        return Some(());
    }
    let value = result.and_then(|result| {
        let mut named = result.iter();
        named.find(|(name, _)| *name == "value").map(|(_, value)| value)
    });
    match action {
        Action::Read(read) => *read = values.number(value?),
        Action::Sum(sum) => *sum = small(value?)?,
        Action::Members(list) => {
            let mut members: Vec<Datum> =
                value?.as_array()?.iter().map(|item| values.number(item)).collect();
            members.sort_unstable();
            members.dedup();
            *list = lists.len() as u32;
            lists.push(members);
        }
        Action::Take(taken) => {
            let value = value.map_or(NOTHING, |value| values.number(value));
            *taken = if value == NOTHING { Taken::Empty } else { Taken::Item(value) };
        }
        _ => {}
    }
    Some(())
}

fn whole(value: &Value) -> Option<i128> {
    small(value).map(i128::from)
}

fn small(value: &Value) -> Option<i64> {
    let exact = |float: f64| (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(exact))
}
