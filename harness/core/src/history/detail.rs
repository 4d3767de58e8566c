//! What only some events have, kept beside the columns.

use crate::history::{EventId, NONE};
use crate::id::{NetworkId, NodeId};
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// Where a delivery stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Place {
    /// Position in the total order, where the implementation exposes it.
    pub slot: Option<u64>,
    /// The view it says it happened in.
    pub view: Option<ViewName>,
    /// The group it says it was for, as an index into the history's groups.
    pub group: Option<u32>,
}

/// The id of a view as a file has it: a number, and perhaps who created it.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct ViewName {
    /// Ids are ordered by this.
    pub number: u64,
    /// Two ids of one number and different creators are different views, unordered.
    pub creator: Option<Box<str>>,
}

impl fmt::Display for ViewName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.creator {
            Some(creator) => write!(f, "{}.{creator}", self.number),
            None => write!(f, "{}", self.number),
        }
    }
}

/// A view that was installed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ViewInstall {
    /// Its id.
    pub view: ViewName,
    /// Its members, in order.
    pub members: Vec<NodeId>,
    /// Whether it is primary.
    pub primary: bool,
    /// The members that came along from the same view, where known.
    pub transitional: Option<Vec<NodeId>>,
    /// The group, as an index into the history's groups.
    pub group: Option<u32>,
}

/// One frame on the network.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Transmission {
    /// The other end: where a send goes to, where a receipt comes from.
    pub peer: NodeId,
    /// Over which network it goes.
    pub network: NetworkId,
    /// Whether the frame comes from the peer; told by the kind for a send and a receipt.
    pub incoming: bool,
    /// The same for every event of one frame.
    pub id: u64,
    /// Its length.
    pub bytes: Option<u32>,
    /// What the protocol calls it.
    pub label: Option<Arc<str>>,
    /// The application messages it carries, by row, where known.
    pub messages: Arc<[u32]>,
    /// Why it was lost, for a drop.
    pub why: Option<Box<str>>,
    /// The group, as an index into the history's groups.
    pub group: Option<u32>,
}

impl Transmission {
    /// A frame of which only the other end and the id are known.
    pub fn new(peer: NodeId, id: u64) -> Transmission {
        Transmission {
            peer,
            network: NetworkId::PAYLOAD,
            incoming: false,
            id,
            bytes: None,
            label: None,
            messages: Arc::default(),
            why: None,
            group: None,
        }
    }
}

/// A digest of a payload.
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub(super) enum Digest {
    Hash(u64),
    Text(Box<str>),
}

/// Side tables. The `detail` column of an event leads into the one that its kind uses.
#[derive(Clone, Debug, Default)]
pub(super) struct Details {
    pub places: Vec<Place>,
    pub views: Vec<ViewInstall>,
    pub transmissions: Vec<Transmission>,
    pub fields: Vec<Map<String, Value>>,
    pub digests: Vec<Digest>,
    /// One list after the other for events with several causes.
    pub cause_lists: Vec<Vec<EventId>>,
}

/// In the cause column, values with this bit lead to a list of causes.
const LIST: u32 = 1 << 31;

impl Details {
    pub fn add_digest(&mut self, digest: Digest) -> u32 {
        self.digests.push(digest);
        self.digests.len() as u32 - 1
    }

    pub fn digest_text(&self, digest: u32) -> String {
        match &self.digests[digest as usize] {
            Digest::Hash(hash) => format!("{hash:016x}"),
            Digest::Text(text) => text.to_string(),
        }
    }

    pub fn causes<'a>(&'a self, column: &'a EventId) -> &'a [EventId] {
        match column.0 {
            NONE => &[],
            list if list & LIST != 0 => &self.cause_lists[(list & !LIST) as usize],
            _ => std::slice::from_ref(column),
        }
    }

    /// The value of the cause column for these causes.
    pub fn cause_column(&mut self, causes: &[EventId]) -> EventId {
        match causes {
            [] => EventId(NONE),
            [single] => *single,
            several => {
                self.cause_lists.push(several.to_vec());
                EventId((self.cause_lists.len() as u32 - 1) | LIST)
            }
        }
    }
}
