//! Small random histories of clients: an object serves most operations at some instant between call
//! and answer, and a few answers are made up.

use crate::crosscheck::Small;
use pepperland_core::history::{Clock, Header, History, Kind, Recorder};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is drawn.
#[derive(Copy, Clone, Debug)]
struct Shape {
    workload: &'static str,
    /// How many keys.
    keys: u8,
    /// Whether no value is written twice.
    unique: bool,
    clients: usize,
    calls: usize,
    /// How many moves at least and at most.
    moves: (usize, usize),
    /// How often answers are good, made up, lost, and say that it failed.
    fates: [u32; 4],
}

impl Shape {
    /// Few enough operations for every order of them to be tried.
    const fn few(workload: &'static str, keys: u8, unique: bool) -> Shape {
        Shape { workload, keys, unique, clients: 3, calls: 6, moves: (6, 30), fates: [20, 3, 2, 1] }
    }
}

/// One thing that happens: to which client, and how.
#[derive(Clone, Debug)]
struct Move {
    client: usize,
    what: u8,
    key: u8,
    value: u8,
    fate: Fate,
    /// How much time passes before.
    wait: u64,
}

/// How an answer comes about.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Fate {
    Good,
    /// Made up.
    Wrong,
    /// The object never sees the operation, or it does; the client never knows.
    Lost(bool),
    /// It did not happen.
    Failed,
}

#[derive(Clone, Debug)]
struct Setup {
    real: bool,
    error: u64,
    liar: bool,
    initial: bool,
}

pub fn register() -> BoxedStrategy<Small> {
    histories(Shape::few("register", 1, false))
}

pub fn unique_register() -> BoxedStrategy<Small> {
    histories(Shape::few("register", 1, true))
}

pub fn keys() -> BoxedStrategy<Small> {
    histories(Shape::few("lin-kv", 2, true))
}

pub fn counter() -> BoxedStrategy<Small> {
    histories(Shape::few("counter", 1, false))
}

pub fn set() -> BoxedStrategy<Small> {
    histories(Shape::few("set", 1, false))
}

pub fn queue() -> BoxedStrategy<Small> {
    histories(Shape::few("queue", 1, false))
}

pub fn stack() -> BoxedStrategy<Small> {
    histories(Shape::few("stack", 1, false))
}

/// Some forty operations of six clients, on which the search and what needs none are compared.
pub fn long(workload: &'static str) -> BoxedStrategy<Small> {
    let few = Shape::few(workload, 1, true);
    histories(Shape { clients: 6, calls: 40, moves: (60, 120), fates: [150, 4, 10, 8], ..few })
}

/// Operations with no sense in them.
pub fn garbage() -> BoxedStrategy<Small> {
    let values = [
        json!(null),
        json!(1),
        json!(1.5),
        json!(u64::MAX),
        json!("ok"),
        json!("c1"),
        json!([1, 1]),
        json!({"f": "read", "value": 1, "key": [2]}),
        json!({"f": "write", "value": 1, "key": {"a": null}}),
        json!({"f": "cas", "from": 1, "to": 1, "create_if_not_exists": true}),
        json!({"f": "add", "delta": i64::MIN, "element": {}}),
        json!({"f": "dequeue", "code": "x"}),
        json!({"f": 3}),
    ];
    let value = || prop::sample::select(values.to_vec());
    let body = || prop::sample::select(values[7..9].to_vec());
    let body = || prop_oneof![4 => body(), 1 => value()];
    let event = (prop::bool::ANY, prop::sample::select(vec!["c1", "c2", ""]), body(), body());
    let status = prop_oneof![3 => Just(json!("ok")), 1 => value()];
    let event = (event, status, prop_oneof![0..9_u64, Just(u64::MAX)]);
    let workloads = vec!["register", "lin-kv", "counter", "set", "queue", "stack", "echo"];
    let setup = (prop::sample::select(workloads), prop::option::of(value()), prop::bool::ANY);
    (setup, prop::collection::vec(event, 0..7))
        .prop_map(|((workload, initial, real), events)| {
            let mut header = Header::new(vec!["n1".to_owned()]);
            header.workload = Some(workload.to_owned());
            header.initial = initial;
            header.clock = if real { Clock::Real } else { Clock::Virtual };
            header.clock_error = real.then_some(u64::MAX / 2);
            let mut recorder = Recorder::new(header);
            for ((invoke, client, op, result), status, at) in events {
                let kind = if invoke { Kind::Invoke } else { Kind::Response };
                let fields =
                    json!({"client": client, "op": op, "result": result, "status": status});
                let Value::Object(fields) = fields else { continue };
                recorder.environment(Time(at), kind, fields);
            }
            Small(recorder.into_history())
        })
        .boxed()
}

fn histories(shape: Shape) -> BoxedStrategy<Small> {
    let fate = prop_oneof![
        shape.fates[0] => Just(Fate::Good),
        shape.fates[1] => Just(Fate::Wrong),
        shape.fates[2] => prop::bool::ANY.prop_map(Fate::Lost),
        shape.fates[3] => Just(Fate::Failed),
    ];
    let step = (0..shape.clients, 0..10_u8, 0..shape.keys, 1..4_u8, fate, 0..3_u64);
    let step = step.prop_map(|(client, what, key, value, fate, wait)| Move {
        client,
        what,
        key,
        value,
        fate,
        wait,
    });
    let rare = || prop::bool::weighted(0.2);
    let setup = (prop::bool::ANY, 0..2_u64, rare(), rare())
        .prop_map(|(real, error, liar, initial)| Setup { real, error, liar, initial });
    let moves = prop::collection::vec(step, shape.moves.0..shape.moves.1);
    (setup, moves).prop_map(move |(setup, moves)| Small(play(shape, &setup, &moves))).boxed()
}

/// Where a client's operation stands.
struct Pending {
    op: Value,
    /// The answer, once the object has served it.
    answer: Option<Value>,
    fate: Fate,
}

struct Play {
    shape: Shape,
    recorder: Recorder,
    now: u64,
    registers: BTreeMap<u8, Value>,
    items: Vec<Value>,
    sum: i64,
    pending: Vec<Option<Pending>>,
    /// How often the client has taken a new name.
    names: Vec<usize>,
    calls: usize,
    liar: bool,
}

fn play(shape: Shape, setup: &Setup, moves: &[Move]) -> History {
    let mut header = Header::new(vec!["n1".to_owned(), "n2".to_owned()]);
    header.workload = Some(shape.workload.to_owned());
    header.clock = if setup.real { Clock::Real } else { Clock::Virtual };
    header.clock_error = Some(setup.error).filter(|_| setup.real);
    if setup.liar {
        header.byzantine = vec!["n2".to_owned()];
    }
    let (mut items, mut sum, mut registers) = (Vec::new(), 0, BTreeMap::new());
    if setup.initial {
        header.initial = Some(match shape.workload {
            "lin-kv" => json!({"0": 9}),
            "register" => json!(9),
            "counter" => json!(5),
            _ => json!([9]),
        });
        (items, sum) = (vec![json!(9)], 5);
        registers.insert(0, json!(9));
    }
    if shape.workload == "counter" && !setup.initial {
        sum = 0;
    }
    let mut play = Play {
        shape,
        recorder: Recorder::new(header),
        now: 0,
        registers,
        items,
        sum,
        pending: (0..shape.clients).map(|_| None).collect(),
        names: vec![0; shape.clients],
        calls: 0,
        liar: setup.liar,
    };
    for (number, step) in moves.iter().enumerate() {
        play.now += step.wait;
        play.step(step, number);
    }
    play.recorder.into_history()
}

impl Play {
    fn step(&mut self, step: &Move, number: usize) {
        let client = step.client;
        match self.pending[client].take() {
            None if self.calls < self.shape.calls => {
                self.calls += 1;
                let op = self.op(step, number);
                self.record(client, Kind::Invoke, json!({"op": op}));
                let early = step.fate == Fate::Good && step.what.is_multiple_of(2);
                let mut pending = Pending { op, answer: None, fate: step.fate };
                if early || step.fate == Fate::Lost(true) {
                    pending.answer = Some(self.serve(&pending.op));
                }
                self.pending[client] = Some(pending);
            }
            None => {}
            Some(pending) => self.answer(client, pending, step),
        }
    }

    fn answer(&mut self, client: usize, pending: Pending, step: &Move) {
        match pending.fate {
            Fate::Good => {
                let answer = pending.answer.unwrap_or_else(|| self.serve(&pending.op));
                let failed = answer["f"] == "error" && step.what > 1;
                self.respond(client, answer, if failed { "fail" } else { "ok" });
            }
            Fate::Wrong => {
                let mut answer = self.serve(&pending.op);
                if let Some(value) = answer.get_mut("value") {
                    *value = self.made_up(step);
                } else if answer["f"] == "error" {
                    answer = json!({"f": "cas_ok"});
                }
                self.respond(client, answer, "ok");
            }
            Fate::Failed => self.respond(client, json!({"f": "error", "code": 11}), "fail"),
            Fate::Lost(_) => {
                if step.what < 5 {
                    self.respond(client, Value::Null, "unknown");
                } else if step.what < 7 {
                    self.pending[client] = Some(pending);
                    return;
                }
                self.names[client] += usize::from(step.what != 9);
            }
        }
    }

    fn made_up(&self, step: &Move) -> Value {
        match self.shape.workload {
            "set" if self.shape.calls > 6 => self.items.iter().skip(1).cloned().collect(),
            "set" => (0..3).filter(|i| step.what >> i & 1 == 1).map(|i| json!(i + 1)).collect(),
            "queue" | "stack" if step.what < 3 => Value::Null,
            _ if self.shape.unique => json!(u64::from(step.what) * 4),
            _ => json!(step.value),
        }
    }

    fn op(&self, step: &Move, number: usize) -> Value {
        let value = if self.shape.unique && step.what != 1 { number } else { step.value.into() };
        let held = self.registers.get(&step.key).cloned().unwrap_or_default();
        let mut op = match (self.shape.workload, step.what) {
            ("register" | "lin-kv", 0..4) => json!({"f": "write", "value": value}),
            ("register" | "lin-kv", 4) => json!({"f": "cas", "from": held, "to": value}),
            ("register" | "lin-kv", 5) => json!({"f": "cas", "from": step.value, "to": value}),
            ("register", 6) => {
                json!({"f": "cas", "from": held, "to": value, "create_if_not_exists": true})
            }
            ("counter", 0..5) => json!({"f": "add", "delta": i64::from(step.value) - 2}),
            ("set", 0..5) => json!({"f": "add", "element": value}),
            ("queue", 0..5) => json!({"f": "enqueue", "value": value}),
            ("queue", _) => json!({"f": "dequeue"}),
            ("stack", 0..5) => json!({"f": "push", "value": value}),
            ("stack", _) => json!({"f": "pop"}),
            _ => json!({"f": "read"}),
        };
        if self.shape.workload == "lin-kv" {
            op["key"] = json!(step.key);
        }
        op
    }

    /// The object serves the operation.
    fn serve(&mut self, op: &Value) -> Value {
        let key = op["key"].as_u64().unwrap_or(0) as u8;
        let held = self.registers.entry(key).or_default();
        match (op["f"].as_str().unwrap(), self.shape.workload) {
            ("read", "register" | "lin-kv") => json!({"f": "read_ok", "value": held}),
            ("read", "counter") => json!({"f": "read_ok", "value": self.sum}),
            ("read", _) => json!({"f": "read_ok", "value": self.items}),
            ("write", _) => {
                *held = op["value"].clone();
                json!({"f": "write_ok"})
            }
            ("cas", _) => {
                let creates = op["create_if_not_exists"] == true && held.is_null();
                if *held != op["from"] && !creates {
                    return json!({"f": "error", "code": 22});
                }
                *held = op["to"].clone();
                json!({"f": "cas_ok"})
            }
            ("add", "counter") => {
                self.sum += op["delta"].as_i64().unwrap();
                json!({"f": "add_ok"})
            }
            ("add", _) => {
                if !self.items.contains(&op["element"]) {
                    self.items.push(op["element"].clone());
                }
                json!({"f": "add_ok"})
            }
            ("enqueue" | "push", _) => {
                self.items.push(op["value"].clone());
                json!({"f": "put_ok"})
            }
            ("dequeue", _) if !self.items.is_empty() => {
                json!({"f": "dequeue_ok", "value": self.items.remove(0)})
            }
            (f, _) => json!({"f": format!("{f}_ok"), "value": self.items.pop()}),
        }
    }

    fn respond(&mut self, client: usize, result: Value, status: &str) {
        if status == "unknown" {
            self.record(client, Kind::Response, json!({"status": status}));
        } else {
            self.record(client, Kind::Response, json!({"result": result, "status": status}));
        }
    }

    fn record(&mut self, client: usize, kind: Kind, fields: Value) {
        let name = format!("c{client}.{}", self.names[client]);
        let mut all = Map::from_iter([("client".to_owned(), json!(name))]);
        if let Value::Object(fields) = fields {
            all.extend(fields);
        }
        let at = Time(self.now);
        if self.liar && client == 0 {
            self.recorder.event(at, NodeId(1), kind, all, None);
        } else {
            self.recorder.environment(at, kind, all);
        }
    }
}
