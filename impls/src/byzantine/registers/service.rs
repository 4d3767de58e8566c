//! The registers by themselves, as a service: what DifATo takes for granted, held against its
//! contract.
//!
//! ```text
//! To write v to register k:      write (k, v);  after the bound of the network:  answer
//! On read of (k, v):             registers(k) := v
//! To read register k:            answer registers(k)
//! ```
//!
//! When a write is answered, all servers have read it: a read that begins later returns it or a
//! later one, at whatever server. Every server may write every register, as the paper has it.
//!
//! Assumes that the network of the registers keeps its bound, and that no server stands still.

use crate::byzantine::registers::flaws;
use crate::byzantine::registers::layer::Registers;
use crate::changed::changed;
use pepperland_core::contract::{Applied, Cx, Delivery, Indication, Protocol, Request, Stack};
use pepperland_core::fault::Fault;
use pepperland_core::id::GroupId;
use pepperland_core::implementation::{Claim, Implementation, Model, Setup};
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What B4 stands on.
pub const ENTRY: Implementation = Implementation {
    name: "registers",
    number: "B4",
    statement: "registers that all servers read in one order, on a controlled network",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo; Lamport 1986",
    claims: &[REGISTERS],
    model: Model {
        tolerates: &[
            Fault::Crash,
            Fault::Delay,
            Fault::Reorder,
            Fault::Duplication,
            Fault::Partition,
        ],
        timing: "synchronous registers",
        controlled: Some(Span::millis(5)),
        service: Some("register-network"),
        ..Model::ASYNCHRONOUS
    },
    nodes: 3,
    budget: |n| n.saturating_sub(1),
    flaws: flaws::ALL,
    controls: &[],
    breaks: &[],
    cost: None,
    build: |setup| changed(setup, Stack::node(Service::new(setup))),
};

const REGISTERS: &[Claim] = &[
    Claim::always("register-contract"),
    Claim::always("register-write-order"),
    Claim::always("register-completeness"),
];

/// What is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Written {
    /// The writer's name for it.
    operation: u64,
    /// The register.
    key: String,
    /// Its new value, as JSON.
    value: String,
}

/// A server.
pub struct Service {
    registers: Registers<Written>,
    bound: Span,
    /// By register: its value, as JSON.
    values: BTreeMap<String, String>,
    /// By timer: the write that is answered when it runs out.
    open: BTreeMap<u32, u64>,
    writes: u32,
    /// A flaw: what is written is answered before it is read.
    answers_at_once: bool,
    /// A flaw: what is read is taken up after what is read next.
    swaps: bool,
    held: Option<Delivery<Written>>,
}

/// The timer of a write that is taken up late, by a flaw alone.
const HELD: u32 = 0;

/// How late.
const SWAP: Span = Span::millis(2);

impl Service {
    /// The server that is being built.
    pub fn new(setup: &Setup<'_>) -> Service {
        let swaps = setup.flawed("arrival-order-by-reader");
        let late = if swaps { SWAP } else { Span::ZERO };
        Service {
            registers: Registers::new(),
            bound: setup.register_latency + late,
            answers_at_once: setup.flawed("answers-at-once"),
            swaps: swaps && setup.node.0 % 2 == 1,
            held: None,
            values: BTreeMap::new(),
            open: BTreeMap::new(),
            writes: 0,
        }
    }

    fn write(&mut self, operation: u64, (key, value): (String, &Value), cx: &mut Cx<'_, Message>) {
        let written = Written { operation, key, value: value.to_string() };
        self.multicast_below(GroupId::ALL, written, cx);
        if self.answers_at_once {
            return respond(operation, &json!({"f": "write_ok"}), cx);
        }
        self.writes += 1;
        self.open.insert(self.writes, operation);
        cx.set_timer(self.writes, self.bound);
    }

    /// On read of what was written.
    fn take_up(&mut self, read: Delivery<Written>, cx: &mut Cx<'_, Message>) {
        let (client, Written { operation, key, value }) = (read.from, read.message);
        let op = format!(r#"{{"f":"write","key":{key},"value":{value}}}"#);
        let op = Message { body: Body::new(op.as_bytes()), ..Message::default() };
        self.values.insert(key, value);
        let result = text(&json!({"f": "write_ok"}));
        cx.indicate(Indication::Apply(Box::new(Applied { client, operation, op, result })));
    }

    fn read(&self, operation: u64, key: &str, cx: &mut Cx<'_, Message>) {
        let value = self.values.get(key).map_or("null", String::as_str);
        let value: Value = serde_json::from_str(value).unwrap_or_default();
        respond(operation, &json!({"f": "read_ok", "value": value}), cx);
    }
}

fn respond(operation: u64, result: &Value, cx: &mut Cx<'_, Message>) {
    cx.indicate(Indication::Respond { operation, value: text(result) });
}

fn text(value: &Value) -> Message {
    Message { body: Body::new(value.to_string().as_bytes()), ..Message::default() }
}

impl Protocol for Service {
    type Payload = Message;
    type Lower = Registers<Written>;

    fn lower(&mut self) -> &mut Registers<Written> {
        &mut self.registers
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        let Request::Invoke { operation, value } = request else {
            return cx.refuse(request.name());
        };
        let op: Value = serde_json::from_slice(&value.body.0).unwrap_or_default();
        let key = op["key"].to_string();
        match (op["f"].as_str(), op.get("value")) {
            (Some("write"), Some(value)) => self.write(operation, (key, value), cx),
            (Some("read"), _) => self.read(operation, &key, cx),
            _ => {
                let why = "registers are read and written";
                respond(operation, &json!({"f": "error", "error": why}), cx);
            }
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        if let Some(held) = self.held.take_if(|_| tag == HELD) {
            return self.take_up(held, cx);
        }
        if let Some(operation) = self.open.remove(&tag) {
            respond(operation, &json!({"f": "write_ok"}), cx);
        }
    }

    fn upon_deliver(&mut self, read: Delivery<Written>, cx: &mut Cx<'_, Message>) {
        if self.swaps && self.held.is_none() {
            self.held = Some(read);
            return cx.set_timer(HELD, SWAP);
        }
        self.take_up(read, cx);
        if let Some(held) = self.held.take() {
            self.take_up(held, cx);
        }
    }
}
