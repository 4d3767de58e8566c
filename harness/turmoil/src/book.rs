//! What a run writes down.

use pepperland_core::contract::{Indication, Node, Request, contents};
use pepperland_core::history::{
    EventId, Header, Kind, Recorder, Transmission, ViewInstall, ViewName,
};
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::schedule::{Ask, Fate, Schedule, Trouble};
use pepperland_core::time::Time;
use serde_json::{Map, Value, json};

/// The history that is being written, and the time.
pub struct Book {
    pub recorder: Recorder,
    pub now: Time,
}

impl Book {
    /// An empty history of a run on the runtime of this name.
    pub fn new(runtime: &str, mut header: Header) -> Book {
        header.about.insert("runtime".to_owned(), Value::from(runtime));
        Book { recorder: Recorder::new(header), now: Time::ZERO }
    }

    /// A client makes a request; the message in it, if any, has this name.
    pub fn ask(
        &mut self,
        node: NodeId,
        ask: &Ask,
        id: MessageId,
        last: Option<EventId>,
    ) -> (Request<Message>, EventId) {
        let message = |body: &str| Message { id, body: Body::new(body.as_bytes()) };
        let (request, kind, fields) = match ask {
            Ask::Multicast { group, body } => {
                let message = message(body);
                let event = self.recorder.broadcast(self.now, node, &message, *group, last);
                return (Request::Multicast(*group, message), event);
            }
            Ask::Join { group } => (Request::Join(*group), Kind::Join, json!({})),
            Ask::Leave { group } => (Request::Leave(*group), Kind::Leave, json!({})),
            Ask::Propose { instance, body } => {
                let request = Request::Propose { instance: *instance, value: message(body) };
                (request, Kind::Propose, json!({"i": instance, "value": body}))
            }
            Ask::Invoke { body } => {
                let operation = u64::from(id.number);
                let fields = json!({"client": format!("c{operation}"), "op": body});
                (Request::Invoke { operation, value: message(body) }, Kind::Invoke, fields)
            }
        };
        (request, self.recorder.event(self.now, node, kind, object(fields), None))
    }

    /// The node reported something.
    pub fn indication(
        &mut self,
        node: NodeId,
        indication: &Indication<Message>,
        cause: Option<EventId>,
    ) -> EventId {
        let (kind, fields) = match indication {
            Indication::Deliver(delivery) => {
                let (message, slot) = (&delivery.message, delivery.slot);
                return self.recorder.deliver(self.now, node, message, slot, cause);
            }
            Indication::View(view) => {
                let creator = view.id.creator.map(|node| node.to_string().into());
                let install = ViewInstall {
                    view: ViewName { number: view.id.number, creator },
                    members: view.members.clone(),
                    primary: view.primary,
                    transitional: view.transitional.clone(),
                    group: None,
                };
                return self.recorder.view(self.now, node, install, cause);
            }
            Indication::Block(view) => (Kind::Block, json!({"view": view.to_string()})),
            Indication::Suspect(node) => (Kind::Suspect, json!({"target": node.to_string()})),
            Indication::Trust(node) => (Kind::Trust, json!({"target": node.to_string()})),
            Indication::Decide { instance, value } => {
                (Kind::Decide, json!({"i": instance, "value": text(value)}))
            }
            Indication::Respond { operation, value } => {
                let client = format!("c{operation}");
                (Kind::Response, json!({"client": client, "result": text(value), "status": "ok"}))
            }
        };
        self.recorder.event(self.now, node, kind, object(fields), cause)
    }

    /// A remark at a node.
    pub fn note(&mut self, node: NodeId, text: &str, cause: Option<EventId>) {
        let fields = object(json!({ "text": text }));
        self.recorder.event(self.now, node, Kind::Note, fields, cause);
    }

    /// Something befell a node.
    pub fn at_node(&mut self, node: NodeId, kind: Kind) -> EventId {
        self.recorder.event(self.now, node, kind, Map::new(), None)
    }

    /// A disturbance of links or clocks begins.
    pub fn begin(&mut self, schedule: &Schedule, index: u32) {
        let trouble = &schedule.disturbances[index as usize].trouble;
        let mut fields = object(json!({ "id": index }));
        let own = serde_json::to_value(trouble).expect("a disturbance has a JSON form");
        fields.extend(object(own).into_iter().filter(|(key, _)| key != "fault"));
        self.recorder.environment(self.now, kind_of(trouble), fields);
    }

    /// It ends, having touched so many messages, if that is known.
    pub fn end(&mut self, index: u32, touched: Option<u64>) {
        let mut fields = object(json!({ "id": index }));
        if let Some(touched) = touched {
            fields.insert("touched".to_owned(), Value::from(touched));
        }
        self.recorder.environment(self.now, Kind::Heal, fields);
    }

    /// A strike hit its message.
    pub fn strike(&mut self, schedule: &Schedule, index: u32) {
        let trouble = &schedule.disturbances[index as usize].trouble;
        let Trouble::Strike { from, to, number, .. } = trouble else { return };
        let (from, to) = (from.to_string(), to.to_string());
        let fields = object(json!({ "from": from, "to": to, "message": number }));
        self.recorder.environment(self.now, kind_of(trouble), fields);
    }

    /// What a frame says of itself, as the node that handles it reads it.
    pub fn transmission(
        &mut self,
        reader: &dyn Node,
        peer: NodeId,
        id: u64,
        frame: &[u8],
    ) -> Transmission {
        let mut transmission = Transmission::new(peer, id);
        transmission.bytes = Some(frame.len() as u32);
        if let Ok(described) = reader.describe(frame) {
            let contents = contents(&described);
            transmission.label = contents.label.map(Into::into);
            let rows = contents.messages.iter().map(|id| self.recorder.row(*id));
            transmission.messages = rows.collect();
        }
        transmission
    }
}

fn kind_of(trouble: &Trouble) -> Kind {
    match trouble {
        Trouble::Cut { .. } => Kind::Cut,
        Trouble::Lose { .. } | Trouble::Strike { fate: Fate::Lose, .. } => Kind::Lose,
        Trouble::Delay { .. } | Trouble::Strike { fate: Fate::Delay { .. }, .. } => Kind::Delay,
        Trouble::Duplicate { .. } | Trouble::Strike { fate: Fate::Duplicate { .. }, .. } => {
            Kind::Duplicate
        }
        Trouble::Corrupt { .. } | Trouble::Strike { fate: Fate::Corrupt, .. } => Kind::Corrupt,
        Trouble::Skew { .. } => Kind::Skew,
        Trouble::Crash { .. } => Kind::Crash,
        Trouble::Pause { .. } => Kind::Pause,
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn text(message: &Message) -> String {
    String::from_utf8_lossy(&message.body.0).into_owned()
}
