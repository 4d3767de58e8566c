//! The controlled network, as every runtime keeps it: what is written reaches every reader, in one
//! order for all, within the greatest latency. No disturbance of links reaches it, and no crash
//! takes back what its writer has written: registers in a shared memory, each written by one node
//! and read by all (Lamport, *On Interprocess Communication*, 1986).

use crate::id::{NetworkId, NodeId};
use crate::schedule::{Frame, Schedule, Transit};
use crate::time::{Span, Time};
use std::collections::{BTreeMap, VecDeque};

/// What is on its way to each reader: everything written, in the order in which it was. `Copy` is
/// how a runtime knows a reader's copy of a write.
#[derive(Debug)]
pub struct OneOrder<Copy> {
    readers: BTreeMap<NodeId, Reader<Copy>>,
}

/// What is on its way to one reader.
#[derive(Debug)]
struct Reader<Copy> {
    /// When the last of it arrives.
    last: Time,
    waiting: VecDeque<Copy>,
}

impl<Copy> Default for OneOrder<Copy> {
    fn default() -> OneOrder<Copy> {
        OneOrder { readers: BTreeMap::new() }
    }
}

impl<Copy> OneOrder<Copy> {
    /// A write sets out for the reader at this place, so much later than it would. Returns when it
    /// arrives: as drawn, yet not before what was written earlier.
    pub fn launch(
        &mut self,
        schedule: &Schedule,
        (transit, place): (&Transit, NodeId),
        (now, late): (Time, Span),
        copy: Copy,
    ) -> Time {
        let drawn = now + schedule.latency(transit, now) + late;
        let fresh = || Reader { last: drawn, waiting: VecDeque::new() };
        let reader = self.readers.entry(place).or_insert_with(fresh);
        reader.last = reader.last.max(drawn);
        reader.waiting.push_back(copy);
        reader.last
    }

    /// Something arrives at this place: of what is on its way there, what was written first. A node
    /// that goes on after it stood still may come to the later one's turn before the earlier one's.
    pub fn next(&mut self, place: NodeId) -> Option<Copy> {
        self.readers.get_mut(&place)?.waiting.pop_front()
    }
}

impl Frame {
    /// Whether this is the controlled network, and there is one.
    pub fn controls(&self, network: NetworkId) -> bool {
        network == NetworkId::CONTROLLED && self.controlled.is_some()
    }
}

/// What is noted of a message to one node over the controlled network: it goes nowhere.
pub const CARRIES_WRITES_ALONE: &str =
    "sent to one node over the controlled network, which carries writes to groups alone";
