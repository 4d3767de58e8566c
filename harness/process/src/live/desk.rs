//! Clients: who has asked what, and who still waits for an answer.

use crate::clients::{Client, Status, answer_of, body_of};
use crate::live::breach::shown;
use crate::live::world::World;
use crate::wire::Breach;
use crate::wire::{Envelope, Head};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::time::{Span, Time};
use serde_json::{Map as Fields, Value, json};
use std::collections::{BTreeMap, VecDeque};

/// A request without an answer for so long is unknown.
const PATIENCE: Span = Span::seconds(1);

/// The clients of a run. Each speaks to one node, and waits for one answer at a time.
pub struct Desk {
    /// Clients of each node that wait for nothing.
    idle: Vec<Vec<Client>>,
    /// Operations that wait for an answer, by the number of their client.
    open: BTreeMap<u64, Open>,
    /// The same, the oldest first.
    deadlines: VecDeque<(Time, u64, i64)>,
    /// Clients that got no answer in time, with the number of that request: an answer may come yet.
    silent: Map<u64, i64>,
    clients: u64,
    /// Steps that are made again and again in the end.
    pub last: Vec<u32>,
}

/// An operation that waits for its answer.
struct Open {
    client: Client,
    node: NodeId,
    number: i64,
    op: Fields<String, Value>,
    event: EventId,
}

impl Desk {
    pub fn new(nodes: usize) -> Desk {
        Desk {
            idle: (0..nodes).map(|_| Vec::new()).collect(),
            open: BTreeMap::new(),
            deadlines: VecDeque::new(),
            silent: Map::default(),
            clients: 0,
            last: Vec::new(),
        }
    }

    /// Whether no operation waits for an answer.
    pub fn all_answered(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether operations are asked again and again in the end.
    pub fn asks_in_the_end(&self) -> bool {
        !self.last.is_empty()
    }

    /// Whether a name is that of a client that has asked for something.
    pub fn knows(&self, name: &str) -> bool {
        let number = || name[1..].parse::<u64>().unwrap_or_default();
        is_client(name) && (1..=self.clients).contains(&number())
    }

    /// A client of the node that waits for nothing.
    fn client(&mut self, node: NodeId) -> Client {
        if let Some(client) = self.idle[node.index()].pop() {
            return client;
        }
        self.clients += 1;
        Client::new(self.clients)
    }

    /// The operations whose answer should have come by now.
    fn overdue(&mut self, now: Time) -> Vec<u64> {
        let mut overdue = Vec::new();
        while let Some((_, client, number)) =
            self.deadlines.front().copied().filter(|(deadline, ..)| *deadline <= now)
        {
            self.deadlines.pop_front();
            if self.open.get(&client).is_some_and(|open| open.number == number) {
                overdue.push(client);
            }
        }
        overdue
    }
}

impl World<'_> {
    /// A client asks a node for an operation.
    pub fn operate(&mut self, step: &Step, body: &str) {
        let node = step.node;
        let asked = serde_json::from_str(body).unwrap_or_else(|_| json!({ "f": body }));
        let Value::Object(asked) = asked else { return };
        if matches!(step.when, When::At(at) if at >= self.schedule.header.heal_at) {
            let place = self.schedule.steps.iter().position(|other| other.id == step.id);
            let place = place.unwrap_or_default() as u32;
            if !self.desk.last.contains(&place) {
                self.desk.last.push(place);
            }
        }
        let mut client = self.desk.client(node);
        let op = client.request(&asked);
        let name = client.name();
        let fields = json!({"client": name, "op": op});
        let Value::Object(fields) = fields else { return };
        let event = self.recorder.event(self.now, node, Kind::Invoke, fields, None);
        let number = client.next_request();
        let line = body_of(&op, number);
        self.write(node, &name, &line);
        self.desk.deadlines.push_back((self.now + PATIENCE, client.number(), number));
        self.desk.open.insert(client.number(), Open { client, node, number, op, event });
    }

    /// A node has answered a client: the one that it asked, or one that the request was passed on to.
    pub fn answer(&mut self, from: NodeId, envelope: &Envelope<'_>, head: &Head<'_>) {
        let client = envelope.dest[1..].parse::<u64>().unwrap_or_default();
        let awaited = |open: &Open| head.in_reply_to == Some(open.number);
        if !self.desk.open.get(&client).is_some_and(awaited) {
            return self.unawaited(from, client, envelope, head);
        }
        let Some(mut open) = self.desk.open.remove(&client) else { return };
        let body: Value = serde_json::from_str(envelope.body.get()).unwrap_or_default();
        let answer = answer_of(&open.op, &body);
        if let Some(complaint) = &answer.complaint {
            self.breach(from, Breach::WrongAnswer, &format!("it {complaint}"));
        }
        if answer.status == Status::Ok {
            open.client.answered(&open.op, &answer.result);
        }
        self.responded(&open, Value::Object(answer.result), answer.status);
        if answer.status == Status::Unknown {
            self.desk.silent.insert(client, open.number);
        } else {
            self.desk.idle[open.node.index()].push(open.client);
        }
    }

    /// Answers may come late or twice; an answer to what nobody asked is a breach.
    fn unawaited(&mut self, from: NodeId, client: u64, envelope: &Envelope<'_>, head: &Head<'_>) {
        let asked = self.desk.requests_of(client);
        if head.in_reply_to.is_some_and(|number| 1 <= number && number <= asked) {
            return;
        }
        let dest = &envelope.dest;
        let body = shown(envelope.body.get().as_bytes());
        let text = format!("it answered what {dest} had not asked: {body}");
        self.breach(from, Breach::StrayAnswer, &text);
    }

    fn responded(&mut self, open: &Open, result: Value, status: Status) {
        let name = open.client.name();
        let fields = json!({"client": name, "result": result, "status": status.word()});
        let Value::Object(fields) = fields else { return };
        self.recorder.event(self.now, open.node, Kind::Response, fields, Some(open.event));
    }

    /// Whoever has waited too long does not know whether its operation has happened, and never
    /// speaks again.
    pub fn expire_operations(&mut self) {
        for client in self.desk.overdue(self.now) {
            let Some(open) = self.desk.open.remove(&client) else { continue };
            self.responded(&open, Value::Null, Status::Unknown);
            self.desk.silent.insert(client, open.number);
        }
    }

    /// The operations of the end are made once more.
    pub fn ask_in_the_end_again(&mut self) {
        for place in self.desk.last.clone() {
            let step = &self.schedule.steps[place as usize];
            if let Ask::Invoke { body } = &step.ask
                && self.nodes[step.node.index()].lives()
            {
                self.operate(step, body);
            }
        }
    }
}

impl Desk {
    /// How many requests a client has made.
    fn requests_of(&self, client: u64) -> i64 {
        let idle = self.idle.iter().flatten().find(|idle| idle.number() == client);
        let open = self.open.get(&client).map(|open| open.number);
        let silent = self.silent.get(&client).copied();
        open.or(silent).or(idle.map(Client::requests)).unwrap_or_default()
    }
}

/// Whether a name is one that clients have: `c`, and a number.
pub fn is_client(name: &str) -> bool {
    name.strip_prefix('c').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
