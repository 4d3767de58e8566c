//! Writing a history down as it happens.

use crate::collections::Map;
use crate::history::detail::{Details, Digest};
use crate::history::{
    EventId, Header, History, Kind, MessageTable, NONE, Place, Transmission, ViewInstall,
};
use crate::id::{GroupId, MessageId, NodeId};
use crate::message::Message;
use crate::time::{Span, Time};
use serde_json::{Map as Fields, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a frame says of itself: its label, and the rows of its messages.
type Told = (Option<Arc<str>>, Arc<[u32]>);

/// How long nothing must have happened at the end of a run that goes on for ever.
pub const QUIET: Span = Span::seconds(1);

/// Records a history. Events are appended in observation order; each call returns the event's
/// place, to be named as the cause of later ones.
pub struct Recorder {
    history: History,
    /// Digests of messages that were not those of their broadcasts when they came.
    strays: Map<(u32, Digest), u32>,
    /// What each frame met so far says of itself.
    pub(crate) frames: Map<Box<[u8]>, Told>,
}

impl Recorder {
    /// A history of the run that the header tells of. Without any group there is one, `g`, of all
    /// nodes.
    pub fn new(header: Header) -> Recorder {
        let groups = groups_of(&header);
        Recorder {
            history: History {
                header,
                logs: Vec::new(),
                capture: None,
                messages: MessageTable::default(),
                time: Vec::new(),
                node: Vec::new(),
                kind: Vec::new(),
                present: 0,
                message: Vec::new(),
                digest: Vec::new(),
                cause: Vec::new(),
                detail: Vec::new(),
                details: Details::default(),
                groups,
            },
            strays: Map::default(),
            frames: Default::default(),
        }
    }

    /// What was run, and what its contracts are.
    pub fn header(&self) -> &Header {
        &self.history.header
    }

    /// The groups, by name, with their members; the first is the default.
    pub fn groups(&self) -> &[(String, Vec<NodeId>)] {
        self.history.groups()
    }

    /// Makes room for `events` more.
    pub fn reserve(&mut self, events: usize) {
        let h = &mut self.history;
        h.time.reserve(events);
        h.node.reserve(events);
        h.kind.reserve(events);
        h.message.reserve(events);
        h.digest.reserve(events);
        h.cause.reserve(events);
        h.detail.reserve(events);
    }

    /// How many events there are so far.
    pub fn len(&self) -> usize {
        self.history.len()
    }

    /// Whether there are none so far.
    pub fn is_empty(&self) -> bool {
        self.history.is_empty()
    }

    /// The application of `node` asked for a multicast.
    pub fn broadcast(
        &mut self,
        at: Time,
        node: NodeId,
        message: &Message,
        group: GroupId,
        cause: Option<EventId>,
    ) -> EventId {
        let row = self.history.messages.row(message.id);
        let digest = self.digest_at_broadcast(row, Digest::Hash(message.digest()));
        self.broadcast_row(at, node, row, group, digest, cause.as_slice())
    }

    /// The node delivered the message to its application.
    pub fn deliver(
        &mut self,
        at: Time,
        node: NodeId,
        message: &Message,
        slot: Option<u64>,
        cause: Option<EventId>,
    ) -> EventId {
        self.deliver_at(at, node, message, Place { slot, ..Place::default() }, cause)
    }

    /// The node delivered the message, and says in which place of the order, view or group.
    pub fn deliver_at(
        &mut self,
        at: Time,
        node: NodeId,
        message: &Message,
        place: Place,
        cause: Option<EventId>,
    ) -> EventId {
        let row = self.history.messages.row(message.id);
        let digest = self.digest_elsewhere(row, Digest::Hash(message.digest()));
        let detail = if place == Place::default() { NONE } else { self.place(place) };
        self.push(at, node.0, Kind::Deliver, row, digest, cause.as_slice(), detail)
    }

    /// The node learnt that a message is safe: that it is known wherever it must be.
    pub fn safe(
        &mut self,
        at: Time,
        node: NodeId,
        message: MessageId,
        cause: Option<EventId>,
    ) -> EventId {
        let row = self.history.messages.row(message);
        self.push(at, node.0, Kind::Safe, row, NONE, cause.as_slice(), NONE)
    }

    /// The call to broadcast a message returned.
    pub fn broadcast_return(
        &mut self,
        at: Time,
        node: NodeId,
        message: MessageId,
        cause: Option<EventId>,
    ) -> EventId {
        let row = self.history.messages.row(message);
        self.push(at, node.0, Kind::BroadcastReturn, row, NONE, cause.as_slice(), NONE)
    }

    /// The node removed a message from its retransmission buffer.
    pub fn discard(&mut self, at: Time, node: NodeId, message: MessageId) -> EventId {
        let row = self.history.messages.row(message);
        self.push(at, node.0, Kind::Discard, row, NONE, &[], NONE)
    }

    /// The node delivered a message optimistically: its final place may be another.
    pub fn opt_deliver(
        &mut self,
        at: Time,
        node: NodeId,
        message: MessageId,
        cause: Option<EventId>,
    ) -> EventId {
        let row = self.history.messages.row(message);
        self.push(at, node.0, Kind::OptDeliver, row, NONE, cause.as_slice(), NONE)
    }

    /// The node installed a view.
    pub fn view(
        &mut self,
        at: Time,
        node: NodeId,
        view: ViewInstall,
        cause: Option<EventId>,
    ) -> EventId {
        self.history.details.views.push(view);
        let detail = self.history.details.views.len() as u32 - 1;
        self.push(at, node.0, Kind::View, NONE, NONE, cause.as_slice(), detail)
    }

    /// The network's side of one frame at a node.
    ///
    /// # Panics
    /// If the kind is not one of a frame.
    pub fn transmission(
        &mut self,
        at: Time,
        node: NodeId,
        kind: Kind,
        transmission: Transmission,
        cause: Option<EventId>,
    ) -> EventId {
        assert!(kind.is_transmission(), "{kind:?} is no event of a frame");
        self.history.details.transmissions.push(transmission);
        let detail = self.history.details.transmissions.len() as u32 - 1;
        self.push(at, node.0, kind, NONE, NONE, cause.as_slice(), detail)
    }

    /// Any other event at a node, with the keys of its kind. A disturbance is the environment's,
    /// and the node is one of its keys.
    pub fn event(
        &mut self,
        at: Time,
        node: NodeId,
        kind: Kind,
        mut fields: Fields<String, Value>,
        cause: Option<EventId>,
    ) -> EventId {
        if kind.is_disturbance() {
            fields.insert("n".to_owned(), self.history.node_name(node).into());
            let detail = self.fields(fields);
            return self.push(at, NONE, kind, NONE, NONE, cause.as_slice(), detail);
        }
        let detail = self.fields(fields);
        self.push(at, node.0, kind, NONE, NONE, cause.as_slice(), detail)
    }

    /// Something the environment did.
    pub fn environment(&mut self, at: Time, kind: Kind, fields: Fields<String, Value>) -> EventId {
        let detail = self.fields(fields);
        self.push(at, NONE, kind, NONE, NONE, &[], detail)
    }

    /// The row of a minted message name.
    pub fn row(&mut self, id: MessageId) -> u32 {
        self.history.messages.row(id)
    }

    /// Ends a run whose bound has come before it was quiescent. It counts as complete only if the
    /// application has seen nothing happen for its [`silence`](Recorder::silence): a protocol that
    /// sends heartbeats never falls silent, but one that was cut short has not been given its time.
    pub fn cut_off(self, end: Time, patience: Span, healed: Time) -> History {
        let quiet = end.since(self.last_seen());
        let silence = self.silence(patience, healed);
        self.finish(end, quiet >= silence)
    }

    /// How long the application must have seen nothing for nothing more to be expected: [`QUIET`],
    /// or as long as the schedule has patience for, or twice as long as anybody has waited since the
    /// faults ended. An agreement of many messages takes many latencies, and nobody sees them.
    pub fn silence(&self, patience: Span, healed: Time) -> Span {
        let longest = self.longest_wait(healed);
        QUIET.max(patience).max(longest + longest)
    }

    /// The longest time from an instant at which the application saw something to the next at which
    /// something came to it. When a client next asks says nothing of the protocol.
    fn longest_wait(&self, healed: Time) -> Span {
        let events = self.history.kind.iter().zip(&self.history.time);
        let mut seen = healed;
        let mut longest = Span::ZERO;
        for (kind, at) in
            events.filter(|(kind, at)| kind.is_seen_by_the_application() && **at > healed)
        {
            if !kind.is_asked() {
                longest = longest.max(at.since(seen));
            }
            seen = *at;
        }
        longest
    }

    /// When the application last saw something happen.
    pub fn last_seen(&self) -> Time {
        let seen = |kind: &Kind| kind.is_seen_by_the_application();
        let last = self.history.kind.iter().rposition(seen);
        last.map_or(Time::ZERO, |index| self.history.time[index])
    }

    /// The history so far, as if the run ended now and had been given its time.
    pub fn so_far(&self, now: Time) -> History {
        let mut history = self.history.clone();
        history.header.end = Some(now);
        history.header.complete = true;
        history
    }

    /// Something about the run that is known only once it runs.
    pub fn remark(&mut self, key: &str, value: Value) {
        self.history.header.about.insert(key.to_owned(), value);
    }

    /// Ends the run.
    pub fn finish(mut self, end: Time, complete: bool) -> History {
        self.history.header.end = Some(end);
        self.history.header.complete = complete;
        self.history
    }

    /// The history as it stands, header untouched.
    pub fn into_history(self) -> History {
        self.history
    }

    /// Room for the reader and other tools, which know messages by row.
    pub(crate) fn history_mut(&mut self) -> &mut History {
        &mut self.history
    }

    pub(crate) fn broadcast_row(
        &mut self,
        at: Time,
        node: NodeId,
        row: u32,
        group: GroupId,
        digest: u32,
        causes: &[EventId],
    ) -> EventId {
        let event = self.push(at, node.0, Kind::Broadcast, row, digest, causes, NONE);
        let table = &mut self.history.messages;
        if table.broadcast[row as usize] == NONE {
            table.broadcast[row as usize] = event.0;
            table.digest[row as usize] = digest;
            table.group[row as usize] = group.0;
        }
        event
    }

    pub(crate) fn place(&mut self, place: Place) -> u32 {
        self.history.details.places.push(place);
        self.history.details.places.len() as u32 - 1
    }

    pub(crate) fn fields(&mut self, fields: Fields<String, Value>) -> u32 {
        if fields.is_empty() {
            return NONE;
        }
        self.history.details.fields.push(fields);
        self.history.details.fields.len() as u32 - 1
    }

    /// The number of the digest of a message at its broadcast.
    pub(super) fn digest_at_broadcast(&mut self, row: u32, digest: Digest) -> u32 {
        let stray = (row, digest);
        let met = if self.strays.is_empty() { None } else { self.strays.get(&stray).copied() };
        met.unwrap_or_else(|| self.history.details.add_digest(stray.1))
    }

    /// The number of the digest of a message anywhere else: of one message, equal digests have
    /// equal numbers.
    pub(super) fn digest_elsewhere(&mut self, row: u32, digest: Digest) -> u32 {
        let known = self.history.messages.digest[row as usize];
        let details = &mut self.history.details;
        if known != NONE && details.digests[known as usize] == digest {
            return known;
        }
        let add = || details.add_digest(digest.clone());
        *self.strays.entry((row, digest.clone())).or_insert_with(add)
    }

    #[expect(clippy::too_many_arguments, reason = "one argument a column")]
    pub(crate) fn push(
        &mut self,
        at: Time,
        node: u32,
        kind: Kind,
        message: u32,
        digest: u32,
        causes: &[EventId],
        detail: u32,
    ) -> EventId {
        let h = &mut self.history;
        let id = EventId(h.kind.len() as u32);
        h.time.push(at);
        h.node.push(node);
        h.kind.push(kind);
        h.present |= 1 << kind as u32;
        h.message.push(message);
        h.digest.push(digest);
        let cause = h.details.cause_column(causes);
        h.cause.push(cause);
        h.detail.push(detail);
        id
    }
}

fn groups_of(header: &Header) -> Vec<(String, Vec<NodeId>)> {
    if header.groups.is_empty() {
        return vec![("g".to_owned(), NodeId::first(header.nodes.len()).collect())];
    }
    let index: BTreeMap<&String, NodeId> =
        header.nodes.iter().zip(NodeId::first(header.nodes.len())).collect();
    let ids = |names: &Vec<String>| {
        names.iter().filter_map(|n| index.get(n).copied()).collect::<Vec<_>>()
    };
    let mut groups: Vec<(String, Vec<NodeId>)> =
        header.groups.iter().map(|(name, members)| (name.clone(), ids(members))).collect();
    // g2 before g10.
    groups.sort_by_key(|(name, _)| name.len());
    groups
}
