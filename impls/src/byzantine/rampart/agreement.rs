//! How a view ends, as an engine: one change is agreed upon, in attempts with a deputy each (after
//! Reiter, *A secure group membership protocol*, IEEE TSE 22(1), 1996, section 4; with two rounds of
//! signatures and locks, as Castro & Liskov 1999 have them).
//!
//! ```text
//! deputy of attempt a:  a member, another in each attempt
//! The deputy, with a flush of each member that is not removed, and if a > 0 the lasts of Q members:
//!                       send (propose, a, W, lasts) to all;  W is that of the highest lock among
//!                       the lasts, if there is one
//! On a valid proposal of an attempt not before one's own, the first in it:
//!                       send (ack, a, W, signed) to the deputy
//! The deputy, on acks of Q:      send (lock, a, W, the acks) to all
//! On a valid lock of an attempt not before one's own:
//!                       lock := (a, W);  send (ready, a, W, signed) to the deputy
//! The deputy, on readies of Q:   send (install, a, W, the readies) to all
//! On a valid install:            the view ends with W
//! When patience runs out, or t + 1 have left for an attempt:
//!                       a := the next;  send (last, a, lock, signed) to all
//! ```
//!
//! If W is installed in attempt a, Q are locked on it; of any Q lasts of a later attempt one is of
//! such a member that does not lie. No other change is acknowledged by Q in an attempt, so that no
//! lock of a or later is on another.

use crate::byzantine::keys::{Digest, digest};
use crate::byzantine::rampart::members::Members;
use crate::byzantine::rampart::messages::{self, Change, Last, Locked, Said};
use crate::byzantine::signatures::{Signed, Signer};
use pepperland_core::id::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// The agreement on the end of one view, at one node.
pub struct Agreement {
    members: Members,
    attempt: u32,
    /// The attempt of the last proposal that was acknowledged.
    acked: Option<u32>,
    lock: Option<Locked>,
    lasts: BTreeMap<u32, BTreeMap<NodeId, Last>>,
    /// What this node has proposed, in which attempt.
    proposals: BTreeMap<u32, Proposal>,
    /// Changes that were found valid.
    valid: BTreeSet<Digest>,
}

/// What a deputy has proposed.
struct Proposal {
    change: Change,
    hash: Digest,
    acks: BTreeMap<NodeId, Signed>,
    readies: BTreeMap<NodeId, Signed>,
}

impl Agreement {
    /// In the first attempt.
    pub fn new(members: Members) -> Agreement {
        Agreement {
            members,
            attempt: 0,
            acked: None,
            lock: None,
            lasts: BTreeMap::new(),
            proposals: BTreeMap::new(),
            valid: BTreeSet::new(),
        }
    }

    /// Which attempt this node is in.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whose turn it is.
    pub fn deputy(&self) -> NodeId {
        self.members.deputy(self.attempt)
    }

    /// On to a later attempt: what to send to all.
    pub fn join(&mut self, attempt: u32, signer: &Signer) -> Said {
        self.attempt = attempt;
        let (view, lock) = (self.members.view, self.lock.clone());
        let signed = signer.sign(&messages::last(view, attempt, &lock));
        Said::Last(Last { view, attempt, lock, signed })
    }

    /// On the last word of a member. The later attempt that is to be joined, if there is one.
    pub fn upon_last(&mut self, from: NodeId, last: Last, signer: &Signer) -> Option<u32> {
        if last.signed.by != from || !self.prove_last(&last, signer) {
            return None;
        }
        let attempt = last.attempt;
        let lasts = self.lasts.entry(attempt).or_default();
        lasts.insert(from, last);
        (attempt > self.attempt && lasts.len() >= self.members.one_honest()).then_some(attempt)
    }

    /// What the deputy sends to all, if this is who it is: `candidate` is what it would have.
    pub fn propose(&mut self, candidate: impl FnOnce() -> Option<Change>) -> Option<Said> {
        let (view, attempt) = (self.members.view, self.attempt);
        if self.proposals.contains_key(&attempt) {
            return None;
        }
        let lasts: Vec<Last> = match attempt {
            0 => Vec::new(),
            _ => self.lasts.get(&attempt)?.values().take(self.members.quorum()).cloned().collect(),
        };
        if attempt > 0 && lasts.len() < self.members.quorum() {
            return None;
        }
        let change = match highest(&lasts) {
            Some(lock) => lock.change.clone(),
            None => candidate()?,
        };
        let (hash, acks, readies) = (digest(&change), BTreeMap::new(), BTreeMap::new());
        let proposal = Proposal { change: change.clone(), hash, acks, readies };
        self.proposals.insert(attempt, proposal);
        Some(Said::Propose { view, attempt, change, lasts })
    }

    /// On a proposal of its deputy. What to answer.
    pub fn upon_propose(
        &mut self,
        attempt: u32,
        change: &Change,
        lasts: &[Last],
        signer: &Signer,
    ) -> Option<Said> {
        let is_first = attempt >= self.attempt && self.acked.is_none_or(|acked| attempt > acked);
        let hash = digest(change);
        let is_right = is_first
            && self.is_valid(hash, change, signer)
            && (attempt == 0 || self.is_justified(attempt, hash, lasts, signer));
        if !is_right {
            return None;
        }
        (self.attempt, self.acked) = (attempt, Some(attempt));
        let view = self.members.view;
        let signed = signer.sign(&messages::ack(view, attempt, hash));
        Some(Said::Ack { view, attempt, hash, signed })
    }

    /// At the deputy, on an acknowledgement. What to send to all, if there are enough now.
    pub fn upon_ack(
        &mut self,
        from: NodeId,
        attempt: u32,
        signed: Signed,
        signer: &Signer,
    ) -> Option<Said> {
        let (view, enough) = (self.members.view, self.members.quorum());
        let proposal = self.proposals.get_mut(&attempt)?;
        let statement = messages::ack(view, attempt, proposal.hash);
        if !counts(&mut proposal.acks, from, signed, &statement, enough, signer) {
            return None;
        }
        let acks = proposal.acks.values().cloned().collect();
        Some(Said::Lock { view, locked: Locked { attempt, change: proposal.change.clone(), acks } })
    }

    /// On a lock. What to answer the deputy of its attempt.
    pub fn upon_lock(&mut self, locked: Locked, signer: &Signer) -> Option<Said> {
        let (view, attempt, hash) = (self.members.view, locked.attempt, digest(&locked.change));
        let is_new = self.lock.as_ref().is_none_or(|lock| lock.attempt < attempt);
        if attempt < self.attempt || !is_new || !self.prove_lock(&locked, hash, signer) {
            return None;
        }
        self.attempt = attempt;
        self.lock = Some(locked);
        let signed = signer.sign(&messages::ready(view, attempt, hash));
        Some(Said::Ready { view, attempt, hash, signed })
    }

    /// At the deputy, on the word of a node that is locked. What to send to all, if there are
    /// enough now.
    pub fn upon_ready(
        &mut self,
        from: NodeId,
        attempt: u32,
        signed: Signed,
        signer: &Signer,
    ) -> Option<Said> {
        let (view, enough) = (self.members.view, self.members.quorum());
        let proposal = self.proposals.get_mut(&attempt)?;
        let statement = messages::ready(view, attempt, proposal.hash);
        if !counts(&mut proposal.readies, from, signed, &statement, enough, signer) {
            return None;
        }
        let readies = proposal.readies.values().cloned().collect();
        Some(Said::Install { view, attempt, change: proposal.change.clone(), readies })
    }

    /// Whether the view ends so.
    pub fn prove_install(
        &mut self,
        attempt: u32,
        change: &Change,
        readies: &[Signed],
        signer: &Signer,
    ) -> bool {
        let hash = digest(change);
        let statement = messages::ready(self.members.view, attempt, hash);
        let enough = self.members.quorum();
        self.members.prove(&statement, readies, enough, signer)
            && self.is_valid(hash, change, signer)
    }

    fn is_valid(&mut self, hash: Digest, change: &Change, signer: &Signer) -> bool {
        let is_valid = self.valid.contains(&hash) || self.members.prove_change(change, signer);
        if is_valid {
            self.valid.insert(hash);
        }
        is_valid
    }

    /// Whether most members leave the deputy this choice.
    fn is_justified(
        &mut self,
        attempt: u32,
        hash: Digest,
        lasts: &[Last],
        signer: &Signer,
    ) -> bool {
        let right =
            lasts.iter().all(|last| last.attempt == attempt && self.prove_last(last, signer));
        let by: BTreeSet<NodeId> = lasts.iter().map(|last| last.signed.by).collect();
        let locked = highest(lasts).map(|lock| digest(&lock.change));
        right && by.len() >= self.members.quorum() && locked.is_none_or(|locked| locked == hash)
    }

    fn prove_last(&mut self, last: &Last, signer: &Signer) -> bool {
        let statement = messages::last(last.view, last.attempt, &last.lock);
        let is_signed = last.view == self.members.view
            && last.attempt > 0
            && self.members.has(last.signed.by)
            && signer.verify(&last.signed, &statement);
        let lock = last.lock.as_ref();
        is_signed
            && lock.is_none_or(|lock| {
                lock.attempt < last.attempt && self.prove_lock(lock, digest(&lock.change), signer)
            })
    }

    fn prove_lock(&mut self, lock: &Locked, hash: Digest, signer: &Signer) -> bool {
        let statement = messages::ack(self.members.view, lock.attempt, hash);
        let enough = self.members.quorum();
        self.members.prove(&statement, &lock.acks, enough, signer)
            && self.is_valid(hash, &lock.change, signer)
    }
}

/// The lock of the highest attempt.
fn highest(lasts: &[Last]) -> Option<&Locked> {
    lasts.iter().filter_map(|last| last.lock.as_ref()).max_by_key(|lock| lock.attempt)
}

/// Counts what a member has signed. Whether there are just now enough.
fn counts(
    signed: &mut BTreeMap<NodeId, Signed>,
    from: NodeId,
    one: Signed,
    statement: &Digest,
    enough: usize,
    signer: &Signer,
) -> bool {
    let is_right = one.by == from && signer.verify(&one, statement);
    is_right && signed.insert(from, one).is_none() && signed.len() == enough
}
