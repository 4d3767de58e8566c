//! What servers read off their registers alone: which epoch it is, who leads it, what stands for
//! the next slot, who supports it, and what is decided. All read the same writes in one order, so
//! all of them agree on it, whatever else they know; what a server makes of it for itself decides
//! only what it writes.
//!
//! ```text
//! On initialization:             e := 0;  next := 0
//!                                candidates := [];  supporters := {};  changes := {}
//! On read propose(e', k, h, v) by w:
//!                                unless e' = e, w leads e and k >= next:  ignore it
//!                                if k != next, or e has a candidate other than h:  it is unjust
//!                                if e has no candidate:
//!                                    candidates += (e, h, v);  supporters(h) += w
//! On read accept(k, h) by w:     if k = next then supporters(h) += w
//! When the first candidate in the order of the log has f + 1 supporters:
//!                                decide it for next;  next := next + 1
//!                                candidates := [];  supporters := {}
//! On read change(e') by w:       if e' = e then changes += w
//! When f + 1 servers want a change:
//!                                e := e + 1;  changes := {}
//! ```
//!
//! Servers are places from 0 on, and epoch e is led by the server at e mod n. Supporters are
//! counted over the epochs of a slot: two candidates of a slot both have f + 1 only if an honest
//! server supports both. No I/O, no clock, and nothing that is verified.

mod planted;

pub use planted::LogPlanted;

use crate::byzantine::keys::Digest;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for the next slot.
#[derive(Clone, Debug)]
pub struct Candidate<V> {
    /// The epoch in which it was proposed.
    pub epoch: u64,
    /// The hash by which it is supported.
    pub h: Digest,
    /// What it is.
    pub v: V,
}

/// What a proposal comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Read {
    /// It is the newest candidate now.
    Candidate {
        /// Whether it was one in an earlier epoch as well.
        again: bool,
    },
    /// Whoever leads breaks the rules.
    Unjust(Why),
    /// It is of another epoch, of another's turn, of a slot that is decided, or said before.
    Ignored,
}

/// Which rule a proposal breaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// Slots are filled one after the other.
    NotNext,
    /// An epoch has one candidate for a slot.
    Second,
}

/// The log, as far as it was read.
#[derive(Clone, Debug)]
pub struct Log<V> {
    servers: usize,
    f: usize,
    epoch: u64,
    next: u64,
    candidates: Vec<Candidate<V>>,
    supporters: BTreeMap<Digest, Vec<usize>>,
    changes: BTreeSet<usize>,
    /// Who supported what is decided, by slot: kept by a flaw alone.
    decided: BTreeMap<u64, BTreeSet<usize>>,
    planted: LogPlanted,
}

impl<V: Clone> Log<V> {
    /// An empty log of so many servers, f of which may be faulty.
    pub fn new(servers: usize, f: usize, planted: LogPlanted) -> Log<V> {
        Log {
            servers,
            f,
            epoch: 0,
            next: 0,
            candidates: Vec::new(),
            supporters: BTreeMap::new(),
            changes: BTreeSet::new(),
            decided: BTreeMap::new(),
            planted,
        }
    }

    /// e.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The slot to be decided next.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The place of the server that leads the epoch.
    pub fn leader(&self) -> usize {
        let shift = u64::from(self.planted.rotates_from_one && self.epoch > 0);
        ((self.epoch + shift) % self.servers as u64) as usize
    }

    /// Whether a proposal of this server, of this epoch and slot, is taken or is a breach.
    pub fn is_turn(&self, writer: usize, epoch: u64, slot: u64) -> bool {
        epoch == self.epoch && writer == self.leader() && slot >= self.next
    }

    /// On read propose(e', k, h, v).
    pub fn propose(&mut self, writer: usize, epoch: u64, slot: u64, h: Digest, v: V) -> Read {
        if !self.is_turn(writer, epoch, slot) {
            return Read::Ignored;
        }
        if slot != self.next {
            return Read::Unjust(Why::NotNext);
        }
        let before = self.candidates.iter().rev().find(|candidate| candidate.epoch == epoch);
        match before.map(|candidate| candidate.h == h) {
            Some(true) => return Read::Ignored,
            Some(false) if self.planted.counts_slots => {
                self.candidates.push(Candidate { epoch, h, v });
                return Read::Unjust(Why::Second);
            }
            Some(false) if !self.planted.takes_second => return Read::Unjust(Why::Second),
            Some(false) | None => {}
        }
        let again = self.candidates.iter().any(|candidate| candidate.h == h);
        self.candidates.push(Candidate { epoch, h, v });
        self.support(h, writer);
        Read::Candidate { again }
    }

    /// On read accept(k, h).
    pub fn accept(&mut self, writer: usize, slot: u64, h: Digest) {
        if slot == self.next {
            self.support(h, writer);
        } else if let Some(supporters) = self.decided.get_mut(&slot) {
            supporters.insert(writer);
        }
    }

    fn support(&mut self, h: Digest, writer: usize) {
        let supporters = self.supporters.entry(h).or_default();
        if self.planted.counts_repeats || !supporters.contains(&writer) {
            supporters.push(writer);
        }
    }

    /// On read change(e'). Whether the epoch is another now.
    pub fn change(&mut self, writer: usize, epoch: u64) -> bool {
        if epoch != self.epoch && !self.planted.keeps_changes {
            return false;
        }
        self.changes.insert(writer);
        let needed = if self.planted.changes_by_f { self.f.max(1) } else { self.f + 1 };
        let changes = self.changes.len() >= needed;
        if changes {
            self.epoch += 1;
            self.begin_epoch();
        }
        changes
    }

    fn begin_epoch(&mut self) {
        if !self.planted.keeps_changes {
            self.changes.clear();
        }
        if self.planted.leaves_holes && !self.candidates.is_empty() {
            self.fill();
        }
        if self.planted.renumbers {
            self.renumber();
        }
    }

    /// Goes back to the first slot that not all servers accepted.
    fn renumber(&mut self) {
        let some = self.decided.iter().find(|(_, accepted)| accepted.len() < self.servers);
        let Some(slot) = some.map(|(slot, _)| *slot) else { return };
        self.next = slot;
        self.candidates.clear();
        self.supporters.clear();
        self.decided.split_off(&slot);
    }

    /// The next slot with what is decided for it, once that is so.
    pub fn take_decided(&mut self) -> Option<(u64, Digest, V)> {
        let decided = match self.planted.counts_slots {
            true => self.candidates.last().filter(|_| self.is_supported_at_all()),
            false => self.candidates.iter().find(|candidate| self.is_decided(&candidate.h)),
        };
        let (h, v) = decided.map(|candidate| (candidate.h, candidate.v.clone()))?;
        let slot = self.next;
        if self.planted.renumbers {
            let accepted = self.supporters.get(&h).into_iter().flatten().copied().collect();
            self.decided.insert(slot, accepted);
        }
        self.fill();
        Some((slot, h, v))
    }

    fn is_decided(&self, h: &Digest) -> bool {
        let all = self.supporters.get(h).map_or(&[][..], Vec::as_slice);
        match self.planted.counts_others {
            Some(me) => {
                let others = all.iter().filter(|w| **w != me && **w != self.leader());
                others.count() + 1 >= self.f
            }
            None => all.len() >= self.quorum(),
        }
    }

    /// Whether enough servers support anything for the slot.
    fn is_supported_at_all(&self) -> bool {
        let all: BTreeSet<&usize> = self.supporters.values().flatten().collect();
        all.len() >= self.quorum()
    }

    fn quorum(&self) -> usize {
        if self.planted.accepts_f { self.f.max(1) } else { self.f + 1 }
    }

    /// next := next + 1, of which nothing is known.
    fn fill(&mut self) {
        self.next += 1;
        self.candidates.clear();
        self.supporters.clear();
    }

    /// What stands for the next slot, in the order of the log.
    pub fn candidates(&self) -> &[Candidate<V>] {
        &self.candidates
    }

    /// How many servers support it, whoever proposed it among them.
    pub fn supporters(&self, h: &Digest) -> usize {
        self.supporters.get(h).map_or(0, Vec::len)
    }
}

#[cfg(test)]
mod slow;
#[cfg(test)]
mod tests;
