//! The order of the sequencer in one view, as an engine (Reiter 1994, section 5).
//!
//! ```text
//! The sequencer, the first member, on R-deliver of a message:
//!                     unordered += it;  if no order of its own is under way: multicast the order of
//!                     all that is unordered
//! On R-deliver of an order of the sequencer: its messages are next, one after the other; each is
//!                     A-delivered once it is R-delivered, and nothing before it that comes after it
//! When the view ends: what is R-delivered is the same at all members. What is ordered and is not
//!                     here is passed over; what is here and not ordered comes last, by its name
//! ```
//!
//! Orders are R-delivered by everybody in the sequencer's order, and are the same everywhere: so is
//! what is A-delivered.

use crate::byzantine::rampart::messages::Name;
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What is ordered, and what is here.
#[derive(Default)]
pub struct Ordering {
    /// R-delivered and not A-delivered.
    here: BTreeMap<Name, Message>,
    /// What comes next, in order, and since which tick.
    next: VecDeque<(Name, u64)>,
    /// What has come into the order.
    ordered: BTreeSet<Name>,
    /// What no order names, and since which tick it is here.
    unordered: Vec<(Name, u64)>,
    /// At the sequencer.
    is_under_way: bool,
    /// Whether what is not here is passed over.
    skips_missing: bool,
}

impl Ordering {
    /// Nothing is ordered.
    pub fn new(skips_missing: bool) -> Ordering {
        Ordering { skips_missing, ..Ordering::default() }
    }

    /// On R-deliver of a message.
    pub fn hear_of(&mut self, name: Name, message: Message, tick: u64) {
        if !self.ordered.contains(&name) {
            self.unordered.push((name, tick));
        }
        self.here.insert(name, message);
    }

    /// On R-deliver of an order of the sequencer.
    pub fn append(&mut self, order: Vec<Name>, tick: u64) {
        self.is_under_way = false;
        for name in order {
            if self.ordered.insert(name) {
                self.next.push_back((name, tick));
            }
        }
        let ordered = &self.ordered;
        self.unordered.retain(|(name, _)| !ordered.contains(name));
    }

    /// At the sequencer: the next order, if it is time for one.
    pub fn order(&mut self) -> Option<Vec<Name>> {
        if self.is_under_way || self.unordered.is_empty() {
            return None;
        }
        self.is_under_way = true;
        Some(self.unordered.iter().map(|(name, _)| *name).collect())
    }

    /// What is A-delivered next, if it is here, and whose it is.
    pub fn take_next(&mut self) -> Option<(NodeId, Message)> {
        while let Some((name, _)) = self.next.front().copied() {
            let message = self.here.remove(&name);
            if message.is_none() && !self.skips_missing {
                return None;
            }
            self.next.pop_front();
            if let Some(message) = message {
                return Some((name.0, message));
            }
        }
        None
    }

    /// What is A-delivered when the view ends, and whose it is.
    pub fn take_rest(&mut self) -> Vec<(NodeId, Message)> {
        let ordered: Vec<Name> = self.next.drain(..).map(|(name, _)| name).collect();
        let ordered =
            ordered.into_iter().filter_map(|name| Some((name.0, self.here.remove(&name)?)));
        let mut rest: Vec<(NodeId, Message)> = ordered.collect();
        rest.extend(std::mem::take(&mut self.here).into_iter().map(|(name, m)| (name.0, m)));
        rest
    }

    /// Since when something waits for the sequencer: to be ordered, or to be had from somebody as
    /// it was ordered.
    pub fn waits_since(&self) -> Option<u64> {
        let unordered = self.unordered.first().map(|(_, since)| *since);
        let missing = self.next.front().map(|(_, since)| *since);
        unordered.into_iter().chain(missing).min()
    }
}
