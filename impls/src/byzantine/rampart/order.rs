//! The order of the sequencer, as an engine (Reiter 1994, section 5).
//!
//! ```text
//! The sequencer, the first node, on R-deliver of a message:
//!                     unordered += it;  if no order of its own is under way: multicast the order of
//!                     all that is unordered
//! On R-deliver of an order of the sequencer: its messages are next, one after the other; each is
//!                     A-delivered once it is R-delivered, and nothing before it that comes after it
//! ```
//!
//! Orders are R-delivered by everybody in the sequencer's order, and are the same everywhere: so is
//! what is A-delivered. A message counts by its name, of which nobody but its origin can make use:
//! a liar that multicasts one message twice, or another node's, finds it delivered once or never.

use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Message;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which multicast: whose, and the how-manieth.
pub type Name = (NodeId, u64);

/// What is ordered, and what is here.
#[derive(Default)]
pub struct Ordering {
    /// R-delivered and not A-delivered.
    here: BTreeMap<Name, Message>,
    /// What comes next, in order.
    next: VecDeque<Name>,
    /// What has come into the order.
    ordered: BTreeSet<Name>,
    delivered: BTreeSet<MessageId>,
    /// At the sequencer: what no order names.
    unordered: Vec<Name>,
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
    pub fn hear_of(&mut self, name: Name, message: Message) {
        if !self.ordered.contains(&name) {
            self.unordered.push(name);
        }
        self.here.insert(name, message);
    }

    /// On R-deliver of an order of the sequencer.
    pub fn append(&mut self, order: Vec<Name>) {
        self.is_under_way = false;
        for name in order {
            if self.ordered.insert(name) {
                self.next.push_back(name);
            }
        }
        let ordered = &self.ordered;
        self.unordered.retain(|name| !ordered.contains(name));
    }

    /// At the sequencer: the next order, if it is time for one.
    pub fn order(&mut self) -> Option<Vec<Name>> {
        if self.is_under_way || self.unordered.is_empty() {
            return None;
        }
        self.is_under_way = true;
        Some(std::mem::take(&mut self.unordered))
    }

    /// What is A-delivered next, if it is here.
    pub fn take_next(&mut self) -> Option<(NodeId, Message)> {
        while let Some(name) = self.next.front() {
            let message = self.here.remove(name);
            if message.is_none() && !self.skips_missing {
                return None;
            }
            let (by, _) = *name;
            self.next.pop_front();
            let is_its_own = |m: &Message| m.id.origin == by && self.delivered.insert(m.id);
            if let Some(message) = message.filter(is_its_own) {
                return Some((by, message));
            }
        }
        None
    }
}
