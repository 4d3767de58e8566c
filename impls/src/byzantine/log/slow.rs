//! The same reading as the definition has it: every question is answered by going through all that
//! was written, from the beginning.

use crate::byzantine::keys::Digest;
use std::collections::BTreeSet;

/// A write as it stands in the log: by whom, and what.
#[derive(Clone, Copy, Debug)]
pub enum Written {
    Propose { by: usize, epoch: u64, slot: u64, h: Digest },
    Accept { by: usize, slot: u64, h: Digest },
    Change { by: usize, epoch: u64 },
}

/// A log of so many servers, f of which may be faulty.
pub struct Slow<'w> {
    pub servers: usize,
    pub f: usize,
    pub writes: &'w [Written],
}

impl Slow<'_> {
    /// How many writes have been read when the epoch begins; none if it has not begun.
    fn epoch_begins(&self, epoch: u64) -> Option<usize> {
        let Some(before) = epoch.checked_sub(1) else { return Some(0) };
        let from = self.epoch_begins(before)?;
        (from..=self.writes.len()).find(|end| {
            let wants = self.writes[from..*end].iter().filter_map(|write| match write {
                Written::Change { by, epoch } if *epoch == before => Some(*by),
                _ => None,
            });
            wants.collect::<BTreeSet<usize>>().len() > self.f
        })
    }

    /// The epoch after so many writes.
    pub fn epoch_at(&self, read: usize) -> u64 {
        let begun = |epoch: &u64| self.epoch_begins(*epoch).is_some_and(|begins| begins <= read);
        (0..).take_while(begun).last().expect("the first epoch begins with the log")
    }

    /// How many writes have been read when the slot is the next; none if it never is.
    fn slot_begins(&self, slot: u64) -> Option<usize> {
        match slot.checked_sub(1) {
            None => Some(0),
            Some(before) => self.decided(before).map(|(_, read)| read),
        }
    }

    /// What stands for the slot after so many writes, in the order of the log, each with its epoch.
    fn candidates(&self, slot: u64, read: usize) -> Vec<(u64, Digest)> {
        let Some(from) = self.slot_begins(slot) else { return Vec::new() };
        let mut candidates: Vec<(u64, Digest)> = Vec::new();
        for place in from..read {
            let Written::Propose { by, epoch, slot: of, h } = self.writes[place] else { continue };
            let leads = epoch % self.servers as u64 == by as u64;
            let is_first = candidates.iter().all(|(other, _)| *other != epoch);
            if of == slot && epoch == self.epoch_at(place) && leads && is_first {
                candidates.push((epoch, h));
            }
        }
        candidates
    }

    fn supporters(&self, slot: u64, h: Digest, read: usize) -> BTreeSet<usize> {
        let Some(from) = self.slot_begins(slot) else { return BTreeSet::new() };
        let accepts = self.writes[from..read].iter().filter_map(|write| match write {
            Written::Accept { by, slot: of, h: what } if (*of, *what) == (slot, h) => Some(*by),
            _ => None,
        });
        let proposers = self.candidates(slot, read).into_iter().filter(|(_, what)| *what == h);
        let leads = |epoch: u64| (epoch % self.servers as u64) as usize;
        accepts.chain(proposers.map(|(epoch, _)| leads(epoch))).collect()
    }

    /// What is decided for the slot, and after how many writes.
    pub fn decided(&self, slot: u64) -> Option<(Digest, usize)> {
        let from = self.slot_begins(slot)?;
        (from..=self.writes.len()).find_map(|read| {
            let enough = |h: &Digest| self.supporters(slot, *h, read).len() > self.f;
            let candidates = self.candidates(slot, read).into_iter().map(|(_, h)| h);
            candidates.filter(enough).map(|h| (h, read)).next()
        })
    }
}
