//! The power fails: what is left, and what of it is torn.

use crate::dice::Dice;
use crate::settings::Names;
use crate::tree::chunk::SECTOR;
use crate::tree::durable::{Depth, Promise};
use crate::tree::{Body, Ino, ROOT, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// What a power failure took of what was not durable, and what it left of that.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Loss {
    /// Bytes lost, in sectors of 512.
    pub bytes_lost: u64,
    /// Bytes that survived though nothing had made them durable, in sectors.
    pub bytes_kept: u64,
    /// Changes of names lost.
    pub names_lost: u64,
    /// Changes of names that survived though nothing had made them durable.
    pub names_kept: u64,
    /// Files and folders of which content, size, owner or permissions were not durable.
    pub unsynced: u64,
}

/// A power failure under way.
struct Failure<'a> {
    share: u32,
    dice: &'a mut Dice,
    loss: Loss,
}

impl Loss {
    /// Whether there was anything to lose.
    pub fn is_some(&self) -> bool {
        *self != Loss::default()
    }

    /// This one and another.
    pub fn and(&self, other: &Loss) -> Loss {
        Loss {
            bytes_lost: self.bytes_lost + other.bytes_lost,
            bytes_kept: self.bytes_kept + other.bytes_kept,
            names_lost: self.names_lost + other.names_lost,
            names_kept: self.names_kept + other.names_kept,
            unsynced: self.unsynced + other.unsynced,
        }
    }

    /// This one without an earlier part of it.
    pub fn since(&self, earlier: &Loss) -> Loss {
        Loss {
            bytes_lost: self.bytes_lost - earlier.bytes_lost,
            bytes_kept: self.bytes_kept - earlier.bytes_kept,
            names_lost: self.names_lost - earlier.names_lost,
            names_kept: self.names_kept - earlier.names_kept,
            unsynced: self.unsynced - earlier.unsynced,
        }
    }
}

impl Tree {
    /// The power fails. Of what is not durable each sector survives with this chance, in parts per
    /// million, and so does each size and each change of names, as far as their order allows.
    pub fn lose_power(&mut self, share: u32, dice: &mut Dice) -> Loss {
        let mut failure = Failure { share, dice, loss: Loss::default() };
        self.lose_names(&mut failure);
        self.lose_content(&mut failure);
        self.sweep();
        failure.loss
    }

    fn lose_names(&mut self, failure: &mut Failure<'_>) {
        let survivors = match self.settings.names {
            Names::ByFolder => self.journal.survivors(failure.share, failure.dice),
            Names::Journal => self.journal.surviving_start(failure.share, failure.dice),
        };
        failure.loss.names_kept = survivors.len() as u64;
        failure.loss.names_lost = (self.journal.len() - survivors.len()) as u64;
        self.commit(&survivors);
        // What is left waits for nothing any more: `sweep` counts anew.
        self.journal = Default::default();
        self.inodes.values_mut().for_each(|inode| inode.waiting = 0);
    }

    fn lose_content(&mut self, failure: &mut Failure<'_>) {
        let mut unsynced: BTreeSet<Ino> = BTreeSet::new();
        for ((_, ino), promise) in std::mem::take(&mut self.promises) {
            if self.tear(ino, promise, failure) {
                unsynced.insert(ino);
            }
        }
        let all: Vec<Ino> = self.inodes.keys().copied().collect();
        for ino in all {
            let Ok(rest) = self.take(ino, Depth::All) else { continue };
            if self.tear(ino, rest, failure) {
                unsynced.insert(ino);
            }
        }
        failure.loss.unsynced = unsynced.len() as u64;
    }

    /// Whether there was anything but times to tear.
    fn tear(&mut self, ino: Ino, what: Promise, failure: &mut Failure<'_>) -> bool {
        let Some(inode) = self.inodes.get_mut(&ino) else { return false };
        let mut matters = what.change.is_some();
        if let Some(attributes) = what.attributes {
            matters |= attributes.rights() != inode.safe.rights();
            if failure.dice.happens(failure.share) {
                inode.safe = attributes;
            }
        }
        if let (Some(change), Body::File(file)) = (what.change, &mut inode.body) {
            let torn = change.tear(&mut file.safe, failure.share, failure.dice, &self.meter);
            failure.loss.bytes_lost += torn.lost * SECTOR as u64;
            failure.loss.bytes_kept += torn.kept * SECTOR as u64;
        }
        matters
    }

    /// The node sees what is durable: what has no durable way from the root is gone.
    fn sweep(&mut self) {
        let mut names: BTreeMap<Ino, u64> = BTreeMap::from([(ROOT, 1)]);
        let mut folders = vec![ROOT];
        while let Some(above) = folders.pop() {
            for ino in self.safe_entries(above) {
                let count = names.entry(ino).or_default();
                *count += 1;
                if *count > 1 {
                    continue;
                }
                if let Some(Body::Folder(folder)) = self.inodes.get_mut(&ino).map(|i| &mut i.body) {
                    folder.parent = above;
                    folders.push(ino);
                }
            }
        }
        self.inodes.retain(|ino, _| names.contains_key(ino));
        self.used = 0;
        for (ino, inode) in &mut self.inodes {
            inode.names = names[ino];
            inode.safe_names = names[ino];
            inode.pins = 0;
            inode.touched = false;
            inode.attributes = inode.safe;
            match &mut inode.body {
                Body::File(file) => file.revert(),
                Body::Folder(folder) => folder.revert(),
                Body::Link(_) | Body::Pipe | Body::Socket => {}
            }
            self.used += inode.cost();
        }
    }

    fn safe_entries(&self, ino: Ino) -> Vec<Ino> {
        match self.inodes.get(&ino).map(|inode| &inode.body) {
            Some(Body::Folder(folder)) => folder.safe.values().copied().collect(),
            _ => Vec::new(),
        }
    }
}
