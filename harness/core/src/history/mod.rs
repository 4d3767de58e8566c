//! Histories: what happened, as columns behind accessors.

mod detail;
mod excerpt;
mod header;
mod keys;
mod kind;
pub mod lanes;
mod logs;
mod messages;
mod read;
mod recorder;
mod rules;
#[cfg(test)]
mod tests;
mod write;

pub use detail::{Place, Transmission, ViewInstall, ViewName};
pub use header::{
    Channel, Clock, Contract, DeliveryContract, FORMAT, FailureModel, GroupContract, Header, Names,
    PartitionContract,
};
pub use kind::Kind;
pub use logs::Log;
pub use messages::{MessageTable, NONE};
pub use read::ReadError;
pub use recorder::{QUIET, Recorder};

use crate::id::NodeId;
use crate::time::Time;
use detail::Details;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// An event's place in its history, from 0; its line in the file is two more.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub u32);

impl EventId {
    /// The event's place in the columns.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What happened in one run. Events are columns: fast checkers scan the slices, everyone else
/// takes [`Event`]s.
#[derive(Clone, Debug)]
pub struct History {
    /// What was run, and under which contracts.
    pub header: Header,
    /// What nodes wrote beside it. No part of the file, and nothing is judged by it.
    pub logs: Vec<Log>,
    /// What crossed real sockets, as a file of packet captures (pcapng), if anything did. No part
    /// of the file either.
    pub capture: Option<Arc<[u8]>>,
    messages: MessageTable,
    time: Vec<Time>,
    node: Vec<u32>,
    kind: Vec<Kind>,
    /// A bit for each kind that occurs.
    present: u64,
    message: Vec<u32>,
    digest: Vec<u32>,
    cause: Vec<EventId>,
    detail: Vec<u32>,
    details: Details,
    groups: Vec<(String, Vec<NodeId>)>,
}

/// One event of a history.
#[derive(Copy, Clone)]
pub struct Event<'h> {
    history: &'h History,
    /// Its place.
    pub id: EventId,
}

impl History {
    /// How many events there are.
    pub fn len(&self) -> usize {
        self.kind.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kind.is_empty()
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.header.nodes.len()
    }

    /// The name of a node.
    pub fn node_name(&self, node: NodeId) -> &str {
        self.header.nodes.get(node.index()).map_or("?", String::as_str)
    }

    /// The groups, by name, with their members; the first is the default.
    pub fn groups(&self) -> &[(String, Vec<NodeId>)] {
        &self.groups
    }

    /// The time of each event.
    pub fn times(&self) -> &[Time] {
        &self.time
    }

    /// The node of each event; [`NONE`] for the environment.
    pub fn nodes(&self) -> &[u32] {
        &self.node
    }

    /// The kind of each event.
    pub fn kinds(&self) -> &[Kind] {
        &self.kind
    }

    /// Whether some event is of this kind. O(1).
    pub fn has(&self, kind: Kind) -> bool {
        self.present >> kind as u32 & 1 == 1
    }

    /// The row, in [`message_table`](History::message_table), of the message that each event
    /// names; [`NONE`] if it names none.
    pub fn messages(&self) -> &[u32] {
        &self.message
    }

    /// The digest that each event states; [`NONE`] if it states none. Of one message, equal digests
    /// are equal numbers, also to that of the message table.
    pub fn digests(&self) -> &[u32] {
        &self.digest
    }

    /// The messages that the history names.
    pub fn message_table(&self) -> &MessageTable {
        &self.messages
    }

    /// The name of a message by its row.
    pub fn message_name(&self, row: u32) -> String {
        self.messages.name(row, &self.header.nodes)
    }

    /// The row of the message with this name, if the history names it.
    pub fn message_row(&self, name: &str) -> Option<u32> {
        read::find_row(self, name)
    }

    /// Whether some delivery states its place in the order.
    pub fn has_slots(&self) -> bool {
        self.details.places.iter().any(|place| place.slot.is_some())
    }

    /// Whether some delivery states its view.
    pub fn states_views(&self) -> bool {
        self.details.places.iter().any(|place| place.view.is_some())
    }

    /// One event.
    ///
    /// # Panics
    /// If there is no such event.
    pub fn event(&self, id: EventId) -> Event<'_> {
        assert!(id.index() < self.len(), "no event {} in a history of {}", id.0, self.len());
        Event { history: self, id }
    }

    /// Every event, in order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = Event<'_>> + ExactSizeIterator {
        (0..self.len() as u32).map(|id| Event { history: self, id: EventId(id) })
    }

    /// The last instant observed.
    pub fn end(&self) -> Time {
        let last = self.time.last().copied().unwrap_or_default();
        self.header.end.unwrap_or(last)
    }

    /// Fingerprint of the whole content (xxh3, 128 bits, of the file's bytes).
    pub fn digest(&self) -> u128 {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes).expect("a vector takes every byte");
        xxhash_rust::xxh3::xxh3_128(&bytes)
    }
}

impl<'h> Event<'h> {
    /// When it happened.
    pub fn time(&self) -> Time {
        self.history.time[self.id.index()]
    }

    /// Where it happened; none for the environment.
    pub fn node(&self) -> Option<NodeId> {
        some(self.history.node[self.id.index()]).map(NodeId)
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.history.kind[self.id.index()]
    }

    /// The row of the message it names.
    pub fn message(&self) -> Option<u32> {
        some(self.history.message[self.id.index()])
    }

    /// The name of the message it names.
    pub fn message_name(&self) -> Option<String> {
        self.message().map(|row| self.history.message_name(row))
    }

    /// The name of the group that its message is for, where there are several.
    pub fn group_name(&self) -> Option<&'h str> {
        let row = self.message().filter(|_| self.history.groups.len() > 1)?;
        let group = *self.history.messages.group.get(row as usize)?;
        self.history.groups.get(group as usize).map(|(name, _)| name.as_str())
    }

    /// The digest it states.
    pub fn digest(&self) -> Option<String> {
        some(self.history.digest[self.id.index()]).map(|d| self.history.details.digest_text(d))
    }

    /// The events that caused it.
    pub fn causes(&self) -> &'h [EventId] {
        self.history.details.causes(&self.history.cause[self.id.index()])
    }

    /// For a delivery: its place in the order and its view, if stated.
    pub fn place(&self) -> Option<&'h Place> {
        let detail = some(self.history.detail[self.id.index()])?;
        self.kind().is_delivery().then(|| &self.history.details.places[detail as usize])
    }

    /// For a `view` event: the view.
    pub fn view(&self) -> Option<&'h ViewInstall> {
        let detail = some(self.history.detail[self.id.index()])?;
        (self.kind() == Kind::View).then(|| &self.history.details.views[detail as usize])
    }

    /// For the network's side of one frame.
    pub fn transmission(&self) -> Option<&'h Transmission> {
        let detail = some(self.history.detail[self.id.index()])?;
        let here = self.kind().is_transmission() && self.node().is_some();
        here.then(|| &self.history.details.transmissions[detail as usize])
    }

    /// The remaining keys of an event whose kind has no columns of its own.
    pub fn fields(&self) -> Option<&'h serde_json::Map<String, Value>> {
        let detail = some(self.history.detail[self.id.index()])?;
        let elsewhere = self.kind().is_delivery()
            || self.kind() == Kind::View
            || (self.kind().is_transmission() && self.node().is_some());
        (!elsewhere).then(|| &self.history.details.fields[detail as usize])
    }

    /// One remaining key of an event whose kind has no columns of its own.
    pub fn field(&self, key: &str) -> Option<&'h Value> {
        self.fields().and_then(|fields| fields.get(key))
    }
}

fn some(column: u32) -> Option<u32> {
    (column != NONE).then_some(column)
}
