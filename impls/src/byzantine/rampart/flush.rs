//! What the members have of a view that ends, as an engine (after Reiter 1994, section 4).
//!
//! ```text
//! When the view is to end:              take nothing more;  send (flush, what I have, signed) to all
//! On the first valid flush of a member: send it to all
//! ```
//!
//! So a flush that anybody has everybody has. Of a liar that signs two, members may have different
//! ones: which of them counts is agreed upon.

use crate::byzantine::rampart::members::Members;
use crate::byzantine::rampart::messages::Flush;
use crate::byzantine::signatures::Signer;
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// The flushes of one view.
pub struct Flushes {
    members: Members,
    of: BTreeMap<NodeId, Flush>,
}

impl Flushes {
    /// Nobody has flushed.
    pub fn new(members: Members) -> Flushes {
        Flushes { members, of: BTreeMap::new() }
    }

    /// On a flush. Whether it is valid and the first of its member.
    pub fn upon(&mut self, flush: &Flush, signer: &Signer) -> bool {
        let is_new = !self.of.contains_key(&flush.by) && self.members.prove_flush(flush, signer);
        if is_new {
            self.of.insert(flush.by, flush.clone());
        }
        is_new
    }

    /// Who has not flushed.
    pub fn missing(&self) -> impl Iterator<Item = NodeId> {
        self.members.all.iter().copied().filter(|member| !self.of.contains_key(member))
    }

    /// The flushes of all but these, if they are here.
    pub fn without(&self, removed: impl Fn(NodeId) -> bool) -> Option<Vec<Flush>> {
        let rest = self.members.all.iter().filter(|member| !removed(**member));
        rest.map(|member| self.of.get(member).cloned()).collect()
    }
}
