//! What every runtime writes down alike.

use crate::contract::{
    Delivery, Indication, Node, Request, Snapshot, SnapshotTurn, View, ViewId, contents,
};
use crate::history::{
    Clock, EventId, GroupContract, Header, Kind, Place, Recorder, Transmission, ViewInstall,
    ViewName,
};
use crate::id::{GroupId, MessageId, NodeId};
use crate::implementation::Implementation;
use crate::message::{Body, Message};
use crate::schedule::{Ask, Fate, Frame, Schedule, Step, Trouble, When};
use crate::time::Time;
use serde_json::{Map, Value, json};

impl Header {
    /// The header of a run of a schedule on the runtime of this name, by nodes that may fail in
    /// the default way.
    pub fn of_schedule(runtime: &str, schedule: &Schedule) -> Header {
        let frame = &schedule.header;
        let nodes = NodeId::first(frame.nodes as usize).map(|node| node.to_string());
        let mut header = Header::new(nodes.collect());
        header.byzantine = schedule.liars().iter().map(NodeId::to_string).collect();
        header.heal_at = (!schedule.disturbances.is_empty()).then_some(frame.heal_at);
        header.clock = Clock::Virtual;
        header.contract.channel = Some(frame.network.channel);
        if frame.open {
            header.contract.group = GroupContract::Open;
        }
        for (group, first) in (0..).map(GroupId).zip(&frame.groups) {
            let members = match frame.changing {
                false => first.iter().map(NodeId::to_string).collect(),
                // Whoever may become one; who is, the views say.
                true => header.nodes.clone(),
            };
            header.groups.insert(name_of_group(frame, group), members);
        }
        let mut about = |key: &str, value: &str| header.about.insert(key.to_owned(), value.into());
        about("impl", &frame.implementation);
        if let Some(flaw) = &frame.flaw {
            about("flaw", flaw);
        }
        about("seed", &frame.seed.to_string());
        about("runtime", runtime);
        header
    }

    /// The header of a run of a schedule with an implementation.
    pub fn of_run(runtime: &str, schedule: &Schedule, implementation: &Implementation) -> Header {
        let mut header = Header::of_schedule(runtime, schedule);
        header.failure_model = implementation.model.failures;
        header.contract.delivery = implementation.model.delivery;
        header.workload = implementation.model.service.map(str::to_owned);
        header.contract.partition = implementation.model.partition;
        let bounds = bounds(implementation, schedule);
        if !bounds.is_empty() {
            header.about.insert("bounds".to_owned(), Value::Object(bounds));
        }
        header
    }
}

/// Groups have names of their own where they are those of clients and servers.
fn name_of_group(frame: &Frame, group: GroupId) -> String {
    match (frame.clients, group.0) {
        (0, _) => group.to_string(),
        (_, 0) => "clients".to_owned(),
        _ => "servers".to_owned(),
    }
}

/// What the implementation promises in numbers, of a run of this schedule; times in ns.
fn bounds(implementation: &Implementation, schedule: &Schedule) -> Map<String, Value> {
    let latency = schedule.header.network.promised_latency();
    let bounds = implementation.model.bounds.iter();
    let mut bounds: Map<String, Value> =
        bounds.map(|bound| (bound.name.to_owned(), (bound.most)(latency).into())).collect();
    // Where there are roles, no one number says how many may fail.
    if implementation.model.states_faults && schedule.header.clients == 0 {
        let faults = (implementation.budget)(schedule.header.nodes as usize);
        bounds.insert("faults".to_owned(), faults.into());
    }
    bounds
}

impl Recorder {
    /// A client makes the request of a step. The message in it, if any, has this name; `last` is
    /// the last event at the node, which is the cause if the client has waited for it.
    pub fn request(
        &mut self,
        at: Time,
        step: &Step,
        id: MessageId,
        last: Option<EventId>,
    ) -> (Request<Message>, EventId) {
        let cause = last.filter(|_| matches!(step.when, When::Upon { .. }));
        let message = |body: &str| Message { id, body: Body::new(body.as_bytes()) };
        let (request, kind, fields) = match &step.ask {
            Ask::Multicast { group, body } => {
                let message = message(body);
                let event = self.broadcast(at, step.node, &message, *group, cause);
                return (Request::Multicast(*group, message), event);
            }
            Ask::Join { group } => (Request::Join(*group), Kind::Join, self.of_group(*group)),
            Ask::Leave { group } => (Request::Leave(*group), Kind::Leave, self.of_group(*group)),
            Ask::Propose { instance, body } => {
                let request = Request::Propose { instance: *instance, value: message(body) };
                (request, Kind::Propose, json!({"i": instance, "value": consensus_value(body)}))
            }
            Ask::Invoke { body } => {
                let operation = u64::from(id.incarnation) << 32 | u64::from(id.number);
                let fields = json!({"client": client(step.node, operation), "op": op("f", body)});
                (Request::Invoke { operation, value: message(body) }, Kind::Invoke, fields)
            }
        };
        (request, self.event(at, step.node, kind, object(fields), cause))
    }

    /// The node reported something to its application.
    pub fn indication(
        &mut self,
        at: Time,
        node: NodeId,
        indication: Indication<Message>,
        cause: Option<EventId>,
    ) -> EventId {
        let (kind, fields) = match indication {
            Indication::Deliver(delivery) => {
                return self.delivery(at, node, &delivery, cause);
            }
            Indication::View(view) => {
                let group = self.told_group(view.group);
                let install = ViewInstall { group, ..install(view) };
                return self.view(at, node, install, cause);
            }
            Indication::Discard(message) => return self.discard(at, node, message.id),
            Indication::Safe(message) => return self.safe(at, node, message.id, cause),
            Indication::Block(group, view) => (Kind::Block, self.blocks(group, view)),
            Indication::Snapshot(snapshot) => snapshot_event(*snapshot),
            Indication::StateHash(state) => {
                let fields = json!({"op": {"m": state.value.id.to_string()}, "hash": state.hash});
                (Kind::Apply, with_slot(fields, state.slot))
            }
            Indication::Suspect(node) => (Kind::Suspect, json!({"target": node.to_string()})),
            Indication::Trust(node) => (Kind::Trust, json!({"target": node.to_string()})),
            Indication::Token { turn, epoch } => {
                (Kind::Token, json!({"what": turn.word(), "epoch": epoch}))
            }
            Indication::Lead { epoch } => (Kind::Lead, of_epoch(epoch)),
            Indication::Unlead { epoch } => (Kind::Unlead, of_epoch(epoch)),
            Indication::Decide { instance, value } => {
                (Kind::Decide, json!({"i": instance, "value": consensus_value(&text(&value))}))
            }
            Indication::Respond { operation, value } => {
                let result = op("value", &text(&value));
                let client = client(node, operation);
                (Kind::Response, json!({"client": client, "result": result, "status": "ok"}))
            }
            Indication::Apply(applied) => {
                let mut asked = op("f", &text(&applied.op));
                let result = op("value", &text(&applied.result));
                // An operation is the only one of its client.
                asked["client"] = client(applied.client, applied.operation).into();
                asked["id"] = 1.into();
                (Kind::Apply, json!({"op": asked, "result": result}))
            }
        };
        self.event(at, node, kind, object(fields), cause)
    }

    /// The application at a node has stopped multicasting to the group, as it was asked to.
    pub fn stopped(&mut self, at: Time, node: NodeId, group: GroupId, view: ViewId) -> EventId {
        let fields = self.blocks(group, view);
        self.event(at, node, Kind::BlockOk, object(fields), None)
    }

    fn blocks(&self, group: GroupId, view: ViewId) -> Value {
        let mut fields = self.of_group(group);
        fields["view"] = view.to_string().into();
        fields
    }

    /// The node delivered a message. Its group is told where there are several, as the node knows
    /// it.
    pub fn delivery(
        &mut self,
        at: Time,
        node: NodeId,
        delivery: &Delivery<Message>,
        cause: Option<EventId>,
    ) -> EventId {
        let group = self.told_group(delivery.group);
        let place = Place { slot: delivery.slot, view: None, group };
        self.deliver_at(at, node, &delivery.message, place, cause)
    }

    /// The group to be told, if there are several and it is one of them.
    fn told_group(&self, group: GroupId) -> Option<u32> {
        let groups = self.groups().len();
        Some(group.0).filter(|_| groups > 1 && group.index() < groups)
    }

    fn of_group(&self, group: GroupId) -> Value {
        match self.told_group(group) {
            Some(told) => json!({"g": self.groups()[told as usize].0}),
            None => json!({}),
        }
    }

    /// A remark at a node.
    pub fn note(&mut self, at: Time, node: NodeId, text: &str, cause: Option<EventId>) -> EventId {
        self.event(at, node, Kind::Note, object(json!({ "text": text })), cause)
    }

    /// A node has broken the protocol by which it is spoken to.
    pub fn breach(&mut self, at: Time, node: NodeId, what: &str, text: &str) -> EventId {
        let fields = object(json!({ "text": text, "breach": what }));
        self.event(at, node, Kind::Note, fields, None)
    }

    /// Something befell a node: it crashed, recovered, stands still or goes on.
    pub fn befell(&mut self, at: Time, node: NodeId, kind: Kind) -> EventId {
        self.event(at, node, kind, Map::new(), None)
    }

    /// A disturbance of links or clocks begins.
    pub fn begin(&mut self, at: Time, schedule: &Schedule, index: u32) {
        let trouble = &schedule.disturbances[index as usize].trouble;
        let mut fields = object(json!({ "id": index }));
        let own = serde_json::to_value(trouble).expect("a disturbance has a JSON form");
        for (key, value) in object(own) {
            match key.as_str() {
                "fault" => continue,
                // In a history, "n" is where an event happened, and this one happened at no node.
                "n" => fields.insert("node".to_owned(), value),
                _ => fields.insert(key, value),
            };
        }
        if matches!(trouble, Trouble::Twin { .. }) {
            fields.insert("twin".to_owned(), true.into());
        }
        self.environment(at, trouble.kind(), fields);
    }

    /// It ends, having touched so many messages, if that is known.
    pub fn heal(&mut self, at: Time, index: u32, touched: Option<u64>) {
        let mut fields = object(json!({ "id": index }));
        fields.extend(touched.map(|touched| ("touched".to_owned(), Value::from(touched))));
        self.environment(at, Kind::Heal, fields);
    }

    /// A disturbance harmed a message; only strikes are told one by one.
    pub fn harm(&mut self, at: Time, schedule: &Schedule, index: u32) {
        let trouble = &schedule.disturbances[index as usize].trouble;
        let Trouble::Strike { from, to, number, .. } = trouble else { return };
        let (from, to) = (from.to_string(), to.to_string());
        let fields = object(json!({ "from": from, "to": to, "message": number }));
        self.environment(at, trouble.kind(), fields);
    }

    /// What a frame says of itself, as the node that handles it reads it. `peer` is the other end.
    /// Equal frames are read once: a multicast is the same bytes on every link.
    pub fn describe(
        &mut self,
        reader: &dyn Node,
        peer: NodeId,
        id: u64,
        frame: &[u8],
    ) -> Transmission {
        if !self.frames.contains_key(frame) {
            let told = reader.describe(frame).map(|described| contents(&described));
            let told = told.unwrap_or_default();
            let rows = told.messages.iter().map(|id| self.row(*id)).collect();
            self.frames.insert(frame.into(), (told.label.map(Into::into), rows));
        }
        let (label, messages) = self.frames[frame].clone();
        let bytes = Some(frame.len() as u32);
        Transmission { bytes, label, messages, ..Transmission::new(peer, id) }
    }
}

impl Trouble {
    /// The kind of the event by which a history tells of it.
    pub fn kind(&self) -> Kind {
        match self {
            Trouble::Cut { .. } => Kind::Cut,
            Trouble::Lose { .. }
            | Trouble::Omit { .. }
            | Trouble::Strike { fate: Fate::Lose, .. } => Kind::Lose,
            Trouble::Delay { .. }
            | Trouble::Throttle { .. }
            | Trouble::Starve { .. }
            | Trouble::Strike { fate: Fate::Delay { .. }, .. } => Kind::Delay,
            Trouble::Duplicate { .. } | Trouble::Strike { fate: Fate::Duplicate { .. }, .. } => {
                Kind::Duplicate
            }
            Trouble::Corrupt { .. }
            | Trouble::Garble { .. }
            | Trouble::Strike { fate: Fate::Corrupt | Fate::Garble, .. } => Kind::Corrupt,
            Trouble::Skew { .. } => Kind::Skew,
            Trouble::Lie { .. } | Trouble::Twin { .. } | Trouble::Strike { .. } => Kind::Byzantine,
            Trouble::Crash { .. } => Kind::Crash,
            Trouble::Pause { .. } => Kind::Pause,
            Trouble::Disk { .. } => Kind::Disk,
        }
    }
}

fn snapshot_event(snapshot: Snapshot<Message>) -> (Kind, Value) {
    let set: Vec<String> = snapshot.covers.iter().map(|m| m.id.to_string()).collect();
    let mut fields = json!({"from": snapshot.from.to_string(), "set": set, "hash": snapshot.hash});
    if let Some(view) = snapshot.view {
        fields["view"] = view.to_string().into();
    }
    let kind = match snapshot.turn {
        SnapshotTurn::Taken => Kind::StateGet,
        SnapshotTurn::Installed => Kind::StateSet,
    };
    (kind, with_slot(fields, snapshot.slot))
}

fn with_slot(mut fields: Value, slot: Option<u64>) -> Value {
    if let Some(slot) = slot {
        fields["slot"] = slot.into();
    }
    fields
}

fn install(view: View) -> ViewInstall {
    let creator = view.id.creator.map(|node| node.to_string().into());
    ViewInstall {
        view: ViewName { number: view.id.number, creator },
        members: view.members,
        primary: view.primary,
        transitional: view.transitional,
        group: None,
    }
}

/// Each operation has a client of its own, so that none ever waits for two.
fn client(node: NodeId, operation: u64) -> String {
    format!("{node}.{operation}")
}

fn of_epoch(epoch: Option<u64>) -> Value {
    epoch.map_or_else(|| json!({}), |epoch| json!({ "epoch": epoch }))
}

/// A proposed or decided value as histories have it: an array, an object or null as such, and any
/// other text as it stands, numbers too.
pub fn consensus_value(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(structured @ (Value::Array(_) | Value::Object(_) | Value::Null)) => structured,
        _ => text.into(),
    }
}

/// An operation or its result as an object: the text itself if it is one.
fn op(key: &str, text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Value::Object(map),
        _ => json!({ key: text }),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A message's body as text.
pub(super) fn text(message: &Message) -> String {
    String::from_utf8_lossy(&message.body.0).into_owned()
}
