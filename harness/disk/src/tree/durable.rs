//! How something becomes durable: truly, in a promise that may be kept later, or not at all.

use crate::settings::Names;
use crate::tree::change::Change;
use crate::tree::names::mentioned;
use crate::tree::{Attributes, Body, Ino, Kind, Tree};
use rustix::io::Errno;
use std::collections::BTreeSet;

/// When there are more promises than these, the oldest half is kept.
const MOST_PROMISES: usize = 1 << 16;

/// What of a file is made durable.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Depth {
    /// Its content and its size: fdatasync(2).
    Data,
    /// Its attributes too: fsync(2).
    All,
}

/// What would be durable if the disk had not lied.
#[derive(Clone, Debug, Default)]
pub struct Promise {
    /// The content.
    pub change: Option<Change>,
    /// The attributes.
    pub attributes: Option<Attributes>,
}

/// What was made durable, promised or abandoned.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Amount {
    /// How many bytes were written, in whole chunks.
    pub bytes: u64,
    /// How many changes of names.
    pub names: u64,
    /// Whether the size or attributes.
    pub attributes: bool,
}

impl Amount {
    /// Whether there is anything.
    pub fn is_some(self) -> bool {
        self != Amount::default()
    }
}

impl Tree {
    /// Makes a file or folder durable, and what of names goes with it.
    pub fn sync(&mut self, ino: Ino, depth: Depth) -> Result<Amount, Errno> {
        let taken = self.take(ino, depth)?;
        let names = self.names_with(ino);
        let amount = Amount { names: names.len() as u64, ..taken.amount() };
        self.keep(ino, taken);
        self.commit(&names);
        Ok(amount)
    }

    /// Says that it is durable, at this instant, though it is not. Promises with the same instant
    /// are kept together.
    pub fn promise(&mut self, ino: Ino, depth: Depth, at: u64) -> Result<Amount, Errno> {
        let taken = self.take(ino, depth)?;
        let names = self.names_with(ino);
        let names = self.journal.promise(&names, at);
        let amount = Amount { names, ..taken.amount() };
        if taken.amount().is_some() {
            self.promises.entry((at, ino)).or_default().then(taken);
        }
        self.keep_surplus();
        Ok(amount)
    }

    /// Fails to make it durable: what was written of its content counts as clean from now on.
    pub fn abandon(&mut self, ino: Ino) -> Result<Amount, Errno> {
        let names = self.names_with(ino).len() as u64;
        self.with(ino, |inode| {
            let attributes = inode.touched;
            let bytes = match &mut inode.body {
                Body::File(file) => file.abandon(),
                _ => 0,
            };
            Amount { bytes, names, attributes }
        })
    }

    /// Keeps all promises that were made up to then.
    pub fn settle(&mut self, then: u64) {
        let later = match then.checked_add(1) {
            Some(next) => self.promises.split_off(&(next, 0)),
            None => Default::default(),
        };
        for ((_, ino), promise) in std::mem::replace(&mut self.promises, later) {
            self.keep(ino, promise);
        }
        let names = self.journal.promised_until(then);
        self.commit(&names);
    }

    /// Makes all durable.
    pub fn write_back(&mut self) {
        self.settle(u64::MAX);
        let names = self.journal.all();
        self.commit(&names);
        let all: Vec<Ino> = self.inodes.keys().copied().collect();
        for ino in all {
            let _ = self.sync(ino, Depth::All);
        }
    }

    /// Makes these changes of names durable.
    pub fn commit(&mut self, numbers: &BTreeSet<u64>) {
        for renaming in self.journal.remove(numbers) {
            for slot in &renaming.slots {
                let before = self.with(slot.folder, |folder| match &mut folder.body {
                    Body::Folder(body) => body.set_safe(&slot.name, slot.now),
                    _ => None,
                });
                if let Ok(Some(before)) = before {
                    let _ = self.with(before, |inode| inode.safe_names -= 1);
                }
                if let Some(now) = slot.now {
                    let _ = self.with(now, |inode| inode.safe_names += 1);
                }
            }
            for ino in mentioned(&renaming) {
                let _ = self.with(ino, |inode| inode.waiting -= 1);
                self.forget_if_gone(ino);
            }
        }
    }

    /// What is not durable of a file or folder but for names, which counts as clean from now on.
    pub fn take(&mut self, ino: Ino, depth: Depth) -> Result<Promise, Errno> {
        self.with(ino, |inode| {
            let all = depth == Depth::All && std::mem::take(&mut inode.touched);
            let change = match &mut inode.body {
                Body::File(file) if file.is_dirty() => Some(file.take()),
                _ => None,
            };
            Promise { change, attributes: all.then_some(inode.attributes) }
        })
    }

    fn keep(&mut self, ino: Ino, promise: Promise) {
        let _ = self.with(ino, |inode| {
            if let Some(attributes) = promise.attributes {
                inode.safe = attributes;
            }
            if let (Some(change), Body::File(file)) = (promise.change, &mut inode.body) {
                change.apply(&mut file.safe);
            }
        });
    }

    fn keep_surplus(&mut self) {
        if self.promises.len() > MOST_PROMISES {
            let middle = self.promises.keys().nth(MOST_PROMISES / 2).map(|(at, _)| *at);
            self.settle(middle.unwrap_or(u64::MAX));
        }
    }

    /// The changes of names that go with it.
    fn names_with(&self, ino: Ino) -> BTreeSet<u64> {
        let kind = self.inodes.get(&ino).map(|inode| inode.kind());
        match self.settings.names {
            Names::Journal => self.journal.all(),
            Names::ByFolder if kind == Some(Kind::Folder) => self.journal.of_folder(ino),
            Names::ByFolder => BTreeSet::new(),
        }
    }
}

impl Promise {
    fn amount(&self) -> Amount {
        let bytes = self.change.as_ref().map_or(0, Change::bytes);
        let attributes = self.change.is_some() || self.attributes.is_some();
        Amount { bytes, names: 0, attributes }
    }

    fn then(&mut self, later: Promise) {
        self.attributes = later.attributes.or(self.attributes);
        match (&mut self.change, later.change) {
            (Some(mine), Some(later)) => mine.then(later),
            (mine @ None, later) => *mine = later,
            (Some(_), None) => {}
        }
    }
}
