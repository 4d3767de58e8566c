//! What a run writes down, besides broadcasts and deliveries.

use crate::flights::Flight;
use crate::world::World;
use pepperland_core::contract::Indication;
use pepperland_core::history::{EventId, Header, Kind, Transmission, ViewInstall, ViewName};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::{Ask, Schedule, Trouble};
use serde_json::{Map, Value, json};

/// The header of the history that a schedule gives.
pub fn header(schedule: &Schedule, implementation: &Implementation) -> Header {
    let nodes = NodeId::first(schedule.header.nodes as usize).map(|n| n.to_string()).collect();
    let mut header = Header::of_run(schedule, implementation, nodes);
    header.about.insert("runtime".to_owned(), Value::from("sim"));
    header
}

impl World<'_> {
    /// Any indication but a delivery.
    pub fn record_indication(
        &mut self,
        id: NodeId,
        indication: Indication<Message>,
        cause: Option<EventId>,
    ) -> EventId {
        let (kind, fields) = match indication {
            Indication::View(view) => {
                let install = ViewInstall {
                    view: ViewName {
                        number: view.id.number,
                        creator: view.id.creator.map(|node| node.to_string().into()),
                    },
                    members: view.members,
                    primary: view.primary,
                    transitional: view.transitional,
                    group: None,
                };
                return self.recorder.view(self.now, id, install, cause);
            }
            Indication::Deliver(_) => unreachable!("deliveries are recorded with their message"),
            Indication::Block(view) => (Kind::Block, json!({"view": view.to_string()})),
            Indication::Suspect(node) => (Kind::Suspect, json!({"target": node.to_string()})),
            Indication::Trust(node) => (Kind::Trust, json!({"target": node.to_string()})),
            Indication::Decide { instance, value } => {
                (Kind::Decide, json!({"i": instance, "value": text(&value)}))
            }
            Indication::Respond { operation, value } => {
                let client = format!("c{operation}");
                (Kind::Response, json!({"client": client, "result": text(&value), "status": "ok"}))
            }
        };
        self.recorder.event(self.now, id, kind, object(fields), cause)
    }

    /// Any request but a multicast, and the request itself for the node.
    pub fn other_request(
        &mut self,
        id: NodeId,
        ask: &Ask,
    ) -> (pepperland_core::contract::Request<Message>, EventId) {
        use pepperland_core::contract::Request;
        let mut message = |body: &str| Message {
            id: self.nodes[id.index()].mint(),
            body: pepperland_core::message::Body::new(body.as_bytes()),
        };
        let (request, kind, fields) = match ask {
            Ask::Multicast { .. } => unreachable!("multicasts are recorded with their message"),
            Ask::Join { group } => (Request::Join(*group), Kind::Join, json!({})),
            Ask::Leave { group } => (Request::Leave(*group), Kind::Leave, json!({})),
            Ask::Propose { instance, body } => {
                let request = Request::Propose { instance: *instance, value: message(body) };
                (request, Kind::Propose, json!({"i": instance, "value": body}))
            }
            Ask::Invoke { body } => {
                let value = message(body);
                let operation = u64::from(value.id.number);
                let fields = json!({"client": format!("c{operation}"), "op": body});
                (Request::Invoke { operation, value }, Kind::Invoke, fields)
            }
        };
        (request, self.recorder.event(self.now, id, kind, object(fields), None))
    }

    /// A remark at a node.
    pub fn note(&mut self, id: NodeId, text: &str, cause: Option<EventId>) {
        let fields = object(json!({ "text": text }));
        self.recorder.event(self.now, id, Kind::Note, fields, cause);
    }

    /// A disturbance of links or clocks begins.
    pub fn record_begin(&mut self, index: u32) {
        let trouble = &self.schedule.disturbances[index as usize].trouble;
        let mut fields = object(json!({ "id": index }));
        let own = serde_json::to_value(trouble).expect("a disturbance has a JSON form");
        fields.extend(object(own).into_iter().filter(|(key, _)| key != "fault"));
        self.recorder.environment(self.now, kind_of(trouble), fields);
    }

    /// It ends, having touched so many messages.
    pub fn record_end(&mut self, index: u32, touched: u64) {
        let fields = object(json!({ "id": index, "touched": touched }));
        self.recorder.environment(self.now, Kind::Heal, fields);
    }

    /// A disturbance harmed a message; strikes are told one by one.
    pub fn record_harm(&mut self, index: u32, flight: &Flight) {
        let trouble = &self.schedule.disturbances[index as usize].trouble;
        let Trouble::Strike { number, .. } = trouble else { return };
        let (from, to) = (flight.from.to_string(), flight.to.to_string());
        let fields = object(json!({ "from": from, "to": to, "message": number }));
        self.recorder.environment(self.now, kind_of(trouble), fields);
    }

    /// A frame is put on the network.
    pub fn record_sending(&mut self, flight: &mut Flight) {
        if self.detail == Detail::Network {
            let frame = self.transmission(flight, flight.to, flight.from);
            let (at, from, cause) = (self.now, flight.from, flight.cause);
            flight.cause = Some(self.recorder.transmission(at, from, Kind::Send, frame, cause));
        }
    }

    /// A frame has come from the network.
    pub fn record_receipt(&mut self, flight: &Flight) -> Option<EventId> {
        if self.detail != Detail::Network {
            return None;
        }
        let frame = self.transmission(flight, flight.from, flight.to);
        Some(self.recorder.transmission(self.now, flight.to, Kind::Recv, frame, flight.cause))
    }

    /// A frame is lost.
    pub fn record_loss(&mut self, flight: &Flight, why: &str) {
        if self.detail == Detail::Network {
            let mut frame = self.transmission(flight, flight.to, flight.from);
            frame.why = Some(why.into());
            self.recorder.transmission(self.now, flight.from, Kind::Drop, frame, flight.cause);
        }
    }

    /// What a frame says of itself, as the node that handles it reads it.
    fn transmission(&mut self, flight: &Flight, peer: NodeId, reader: NodeId) -> Transmission {
        let mut transmission = Transmission::new(peer, flight.id);
        transmission.bytes = Some(flight.frame.len() as u32);
        if let Ok(described) = self.nodes[reader.index()].node.describe(&flight.frame) {
            let contents = pepperland_core::contract::contents(&described);
            transmission.label = contents.label.map(Into::into);
            transmission.messages =
                contents.messages.iter().map(|id| self.recorder.row(*id)).collect();
        }
        transmission
    }
}

fn kind_of(trouble: &Trouble) -> Kind {
    use pepperland_core::schedule::Fate;
    match trouble {
        Trouble::Cut { .. } => Kind::Cut,
        Trouble::Lose { .. } => Kind::Lose,
        Trouble::Delay { .. } => Kind::Delay,
        Trouble::Duplicate { .. } => Kind::Duplicate,
        Trouble::Corrupt { .. } => Kind::Corrupt,
        Trouble::Skew { .. } => Kind::Skew,
        Trouble::Crash { .. } => Kind::Crash,
        Trouble::Pause { .. } => Kind::Pause,
        Trouble::Strike { fate, .. } => match fate {
            Fate::Lose => Kind::Lose,
            Fate::Delay { .. } => Kind::Delay,
            Fate::Duplicate { .. } => Kind::Duplicate,
            Fate::Corrupt => Kind::Corrupt,
        },
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
