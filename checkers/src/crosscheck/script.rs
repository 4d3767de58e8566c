//! Scripts: what happens in a small random history, one fact after the other.

use crate::crosscheck::Small;
use pepperland_core::history::{Clock, FailureModel, Header, History, Kind, Recorder};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// How a history is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    pub nodes: usize,
    /// The last node may lie.
    pub byzantine: bool,
    pub recovery: bool,
    pub complete: bool,
    pub real: bool,
    /// On a real clock: the file holds one node after the other.
    pub scattered: bool,
    /// Nobody crashes.
    pub calm: bool,
    /// At the end everybody who is up does what is left to do.
    pub settle: bool,
    /// For what else a family wants to vary.
    pub whims: u32,
}

/// Any setup.
pub fn setup() -> impl Strategy<Value = Setup> {
    let rare = || prop::bool::weighted(0.2);
    let often = || prop::bool::weighted(0.85);
    let first = (3..=4_usize, rare(), prop::bool::ANY, often(), rare(), prop::bool::ANY);
    let second = (prop::bool::ANY, often(), any::<u32>());
    (first, second).prop_map(|(first, (calm, settle, whims))| {
        let (nodes, byzantine, recovery, complete, real, scattered) = first;
        Setup { nodes, byzantine, recovery, complete, real, scattered, calm, settle, whims }
    })
}

impl Setup {
    /// One of the whims, true in one setup out of `1 << bits`.
    pub fn whim(&self, place: u32, bits: u32) -> bool {
        (self.whims >> place) & ((1 << bits) - 1) == 0
    }

    /// The header.
    pub fn header(&self) -> Header {
        let names: Vec<String> = (1..=self.nodes).map(|n| format!("n{n}")).collect();
        let mut header = Header::new(names.clone());
        if self.byzantine {
            header.byzantine = names.last().cloned().into_iter().collect();
            header.failure_model = FailureModel::Byzantine;
        }
        if self.recovery {
            header.failure_model = FailureModel::CrashRecovery;
        }
        header.complete = self.complete;
        header.clock = if self.real { Clock::Real } else { Clock::Virtual };
        header
    }
}

/// One event.
#[derive(Clone, Debug)]
pub enum Fact {
    Broadcast(MessageId, u32),
    /// A delivery: of what, with another payload or not, in which slot.
    Deliver(MessageId, u8, Option<u64>),
    Keys(Kind, Value),
}

/// Facts with their instants and nodes.
#[derive(Default)]
pub struct Script {
    pub facts: Vec<(u64, usize, Fact)>,
    pub now: u64,
}

impl Script {
    /// The next event.
    pub fn add(&mut self, node: usize, fact: Fact) {
        self.facts.push((self.now, node, fact));
    }

    /// An event of the kinds without columns.
    pub fn say(&mut self, node: usize, kind: Kind, keys: Value) {
        self.add(node, Fact::Keys(kind, keys));
    }

    /// An event that has no keys.
    pub fn plain(&mut self, node: usize, kind: Kind) {
        self.say(node, kind, json!({}));
    }

    /// The history of it.
    pub fn record(self, header: Header, setup: &Setup) -> History {
        let mut recorder = Recorder::new(header);
        let mut facts = self.facts;
        if setup.real && setup.scattered {
            facts.sort_by_key(|(_, node, _)| std::cmp::Reverse(*node));
        }
        for (at, node, fact) in facts {
            let (at, node) = (Time(at), NodeId(node as u32));
            match fact {
                Fact::Broadcast(id, group) => {
                    let message = Message { id, body: Body::new(&[0]) };
                    recorder.broadcast(at, node, &message, GroupId(group), None);
                }
                Fact::Deliver(id, body, slot) => {
                    let message = Message { id, body: Body::new(&[body]) };
                    recorder.deliver(at, node, &message, slot, None);
                }
                Fact::Keys(kind, keys) => {
                    let keys: Map<String, Value> = keys.as_object().cloned().unwrap_or_default();
                    recorder.event(at, node, kind, keys, None);
                }
            }
        }
        recorder.into_history()
    }
}

/// Events of every kind with no sense in them: strange nodes, wrong types, missing keys.
pub fn garbage() -> BoxedStrategy<Small> {
    let kind = || prop::sample::select(Kind::ALL);
    let value = || {
        prop::sample::select(vec![
            json!(null),
            json!(true),
            json!(0),
            json!(1),
            json!(u64::MAX),
            json!(-7),
            json!(1.5),
            json!("n1"),
            json!("n2"),
            json!("n9"),
            json!("1:0:1"),
            json!("n1:0:1"),
            json!("no"),
            json!("abort"),
            json!(["n1:0:1", "n1"]),
            json!([null, 3]),
            json!({"a": [], "b": {}}),
        ])
    };
    let keys = ["i", "value", "target", "epoch", "state", "g", "slot", "hash", "op", "from", "set"];
    let keys = prop::sample::select(keys.to_vec());
    let fields = prop::collection::vec((keys, value()), 0..4);
    let event = (kind(), 0..6_usize, 0..20_u64, fields);
    let bounds = prop::collection::vec(value(), 6);
    let header = (setup(), bounds, prop::bool::ANY, prop::bool::ANY);
    (header, prop::collection::vec(event, 0..25))
        .prop_map(|((setup, bounds, roles, groups), events)| {
            let mut header = setup.header();
            let names =
                ["k", "faults", "settle", "detection", "mistake-duration", "mistake-recurrence"];
            let bounds: Map<String, Value> =
                names.map(str::to_owned).into_iter().zip(bounds).collect();
            header.about.insert("bounds".into(), bounds.into());
            let two = if roles { ["clients", "servers"] } else { ["g", "h"] };
            if groups {
                let names = header.nodes.clone();
                header.groups.insert(two[0].into(), names[..1].to_vec());
                header.groups.insert(two[1].into(), names[1..].to_vec());
            }
            let mut script = Script::default();
            for (kind, node, at, fields) in events {
                script.now = at;
                let number = 1 + (at % 3) as u32;
                let origin = NodeId((at % 5) as u32);
                let id = MessageId { origin, incarnation: 0, number };
                match kind {
                    Kind::Broadcast => script.add(node, Fact::Broadcast(id, (at % 3) as u32)),
                    Kind::Deliver => {
                        script.add(node, Fact::Deliver(id, (at % 2) as u8, at.checked_sub(9)))
                    }
                    Kind::View => {}
                    kind if kind.is_transmission() || kind.is_delivery() => {}
                    kind => script.say(
                        node,
                        kind,
                        Value::Object(fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
                    ),
                }
            }
            Small(script.record(header, &setup))
        })
        .boxed()
}
