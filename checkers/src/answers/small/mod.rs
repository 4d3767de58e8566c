//! Small random histories of Maelstrom's workloads: mostly orderly, with a few liberties.

mod counters;
mod garbage;
mod ids;
mod logs;
mod sets;

pub use counters::counters;
pub use garbage::garbage;
pub use ids::{echoes, ids};
pub use logs::logs;
pub use sets::sets;

use crate::crosscheck::Small;
use crate::crosscheck::draft::{Draft, Setup};
use pepperland_core::history::Kind;
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::{Value, json};

/// What becomes of an operation.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Fate {
    /// It is done and answered.
    Done,
    /// It is not done.
    Refused,
    /// It is done or not, and nobody knows.
    Lost(bool),
    /// It is done and answered by an error with this code.
    Error(u64),
}

/// Mostly done.
pub fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        30 => Just(Fate::Done),
        2 => Just(Fate::Refused),
        2 => any::<bool>().prop_map(Fate::Lost),
        1 => prop_oneof![Just(0), Just(11), Just(13), Just(1001)].prop_map(Fate::Error),
    ]
}

/// Clients that ask nodes, one operation each at a time; one that gets no answer takes a new name.
pub struct Clients {
    pub draft: Draft,
    /// Whether the history tells which node was asked.
    told: bool,
    open: Vec<Option<usize>>,
    names: Vec<usize>,
}

impl Clients {
    pub fn new(setup: Setup, workload: &str, told: bool, heal: Option<u64>) -> Clients {
        let mut draft = Draft::new(setup);
        draft.header.workload = Some(workload.to_owned());
        draft.header.heal_at = heal.map(Time);
        Clients { draft, told, open: vec![None; 3], names: vec![0; 3] }
    }

    /// The name of a client.
    pub fn name(&self, client: usize) -> String {
        format!("c{client}{}", "'".repeat(self.names[client]))
    }

    fn say(&mut self, node: Option<usize>, kind: Kind, fields: Value) {
        match node.filter(|node| self.told && self.draft.is_up(*node)) {
            Some(node) => self.draft.say(node, kind, fields),
            None => self.draft.client(kind, fields),
        }
    }

    /// The client asks the node for something, if it is up and the client waits for nothing.
    pub fn ask(&mut self, client: usize, node: usize, op: Value) -> bool {
        let may = self.open[client].is_none() && self.draft.is_up(node);
        if may {
            self.open[client] = Some(node);
            self.say(Some(node), Kind::Invoke, json!({"client": self.name(client), "op": op}));
        }
        may
    }

    /// The client is answered, or learns that it will not be.
    pub fn answer(&mut self, client: usize, fate: Fate, result: Value) {
        let Some(node) = self.open[client].take() else { return };
        let (status, result) = match fate {
            Fate::Done => ("ok", result),
            Fate::Refused => ("fail", json!({"f": "error", "code": 11})),
            Fate::Lost(_) => ("unknown", json!({})),
            Fate::Error(code) => ("ok", json!({"f": "error", "code": code})),
        };
        let client_name = self.name(client);
        let fields = json!({"client": client_name, "result": result, "status": status});
        self.say(Some(node), Kind::Response, fields);
        self.names[client] += usize::from(status == "unknown");
    }

    /// Asks and is answered at once.
    pub fn at_once(&mut self, client: usize, node: usize, fate: Fate, op: Value, result: Value) {
        if self.ask(client, node, op) {
            self.answer(client, fate, result);
        }
    }

    pub fn record(self) -> Small {
        self.draft.record()
    }
}

/// When faults stopped, if that is told; and whether the nodes are.
pub fn manner() -> impl Strategy<Value = (bool, Option<u64>)> {
    let heal = prop_oneof![2 => Just(None), 1 => (0..12_u64).prop_map(Some)];
    (prop::bool::weighted(0.85), heal)
}
