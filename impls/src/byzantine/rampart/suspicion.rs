//! Who is taken for faulty in one view, as an engine (Reiter 1996, section 4.1: *notify*).
//!
//! ```text
//! On suspecting q:                        send (notify, q, signed) to all
//! On notices of t + 1 members against q:  send them to all;  the view ends without q
//! ```
//!
//! One of t + 1 does not lie, and whoever has their notices can show them to all others.

use crate::byzantine::rampart::members::Members;
use crate::byzantine::rampart::messages::{self, Removal, Said};
use crate::byzantine::signatures::{Signed, Signer};
use pepperland_core::id::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// What was said against the members of a view.
pub struct Suspicion {
    members: Members,
    /// Against whom this node has said something.
    suspects: BTreeSet<NodeId>,
    notices: BTreeMap<NodeId, BTreeMap<NodeId, Signed>>,
}

impl Suspicion {
    /// Nobody is suspected.
    pub fn new(members: Members) -> Suspicion {
        Suspicion { members, suspects: BTreeSet::new(), notices: BTreeMap::new() }
    }

    /// What to send to all to say that a member is faulty, if it was not said before.
    pub fn suspect(&mut self, member: NodeId, signer: &Signer) -> Option<Said> {
        let view = self.members.view;
        let is_new = self.suspects.insert(member);
        let signed = is_new.then(|| signer.sign(&messages::notice(view, member)))?;
        Some(Said::Notify { view, against: member, signed })
    }

    /// On a notice, perhaps of another than whom it comes from. What to send to all, if there are
    /// enough notices now.
    pub fn upon_notice(&mut self, against: NodeId, signed: Signed, signer: &Signer) -> Vec<Said> {
        let view = self.members.view;
        let of_members = self.members.has(against) && self.members.has(signed.by);
        if !of_members || !signer.verify(&signed, &messages::notice(view, against)) {
            return Vec::new();
        }
        let notices = self.notices.entry(against).or_default();
        let is_new = notices.insert(signed.by, signed).is_none();
        if !is_new || notices.len() != self.members.notices() {
            return Vec::new();
        }
        let notices = notices.values().cloned();
        notices.map(|signed| Said::Notify { view, against, signed }).collect()
    }

    /// Whether enough say that the member is faulty.
    pub fn is_removed(&self, member: NodeId) -> bool {
        let enough = self.members.notices();
        self.notices.get(&member).is_some_and(|notices| notices.len() >= enough)
    }

    /// Who is to be removed, and why.
    pub fn removed(&self) -> Vec<Removal> {
        let removed = self.notices.iter().filter(|(member, _)| self.is_removed(**member));
        let removal = |(member, notices): (&NodeId, &BTreeMap<NodeId, Signed>)| Removal {
            member: *member,
            notices: notices.values().cloned().collect(),
        };
        removed.map(removal).collect()
    }

    /// Against whom this node has said something.
    pub fn suspects(&self) -> impl Iterator<Item = NodeId> {
        self.suspects.iter().copied()
    }
}
