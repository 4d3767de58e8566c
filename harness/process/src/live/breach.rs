//! Breaches of the line protocol: told in the history, a few of each kind for each node.

use crate::live::world::World;
use pepperland_core::history::Kind;
use pepperland_core::id::NodeId;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a node can do wrong at the protocol itself. The word stands in the history.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Breach {
    /// A line that is no message.
    NoMessage,
    /// An answer to nothing.
    StrayAnswer,
    /// An answer that does not fit what was asked.
    WrongAnswer,
    /// A message to somebody who does not exist.
    UnknownDestination,
    /// A message in somebody else's name.
    WrongSource,
    /// Words to the harness that it does not know.
    UnknownWord,
    /// No `init_ok` in time.
    NotReady,
    /// It ended by itself.
    Exit,
    /// It does not read what it is sent.
    DoesNotRead,
    /// It sends more than anybody could carry.
    Floods,
}

impl Breach {
    fn word(self) -> &'static str {
        match self {
            Breach::NoMessage => "no-message",
            Breach::StrayAnswer => "stray-answer",
            Breach::WrongAnswer => "wrong-answer",
            Breach::UnknownDestination => "unknown-destination",
            Breach::WrongSource => "wrong-source",
            Breach::UnknownWord => "unknown-word",
            Breach::NotReady => "not-ready",
            Breach::Exit => "exit",
            Breach::DoesNotRead => "does-not-read",
            Breach::Floods => "floods",
        }
    }
}

/// How often a node has done what.
pub type Told = BTreeMap<Breach, u64>;

/// So many breaches of one kind are told of one node.
const TOLD: u64 = 5;

impl World<'_> {
    /// A node has broken the protocol.
    pub fn breach(&mut self, node: NodeId, breach: Breach, text: &str) {
        let count = self.nodes[node.index()].told.entry(breach).or_default();
        *count += 1;
        if *count > TOLD {
            return;
        }
        let mut fields = Map::new();
        fields.insert("text".to_owned(), text.into());
        fields.insert("breach".to_owned(), breach.word().into());
        self.recorder.event(self.now, node, Kind::Note, fields, None);
    }

    /// How many breaches there were beyond those that were told.
    pub fn tell_of_the_rest(&mut self) {
        for index in 0..self.nodes.len() {
            let node = &self.nodes[index];
            let more = |(breach, count): (&Breach, &u64)| {
                count.checked_sub(TOLD).filter(|more| *more > 0).map(|more| (*breach, more))
            };
            let rest: Vec<_> = node.told.iter().filter_map(more).collect();
            let id = node.id;
            for (breach, more) in rest {
                let mut fields = Map::new();
                fields.insert("text".to_owned(), format!("{more} more of the same").into());
                fields.insert("breach".to_owned(), breach.word().into());
                fields.insert("more".to_owned(), Value::from(more));
                self.recorder.event(self.now, id, Kind::Note, fields, None);
            }
        }
    }
}

/// The beginning of what a node wrote, to be shown.
pub fn shown(line: &[u8]) -> String {
    const MOST: usize = 120;
    let text = String::from_utf8_lossy(&line[..line.len().min(4 * MOST)]);
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    shown
}
