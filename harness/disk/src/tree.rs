//! The tree of files and folders in memory: what the node sees, and what of it is durable.
//!
//! Nothing here knows a clock, a mode or the system's protocol: each operation is a function of the
//! tree and its arguments, and no sequence of them panics.

mod change;
mod chunk;
mod content;
mod data;
mod durable;
mod file;
mod folder;
mod inode;
mod journal;
mod loss;
mod names;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod tests;

pub use chunk::CHUNK;
pub use data::Allocation;
pub use durable::{Amount, Depth};
pub use file::Range;
pub use inode::{Attributes, Body, Kind};
pub use loss::Loss;
pub use names::{How, New};

use crate::settings::Settings;
use chunk::Meter;
use file::File;
use folder::Folder;
use inode::Inode;
use journal::Journal;
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::Arc;

/// The number of a file, folder or link.
pub type Ino = u64;

/// A name in a folder.
pub type Name = Arc<OsStr>;

/// The root folder.
pub const ROOT: Ino = 1;

/// An instant by the clock on the wall, since 1970: seconds, and nanoseconds on top.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Moment {
    /// Seconds, fewer than 0 before 1970.
    pub seconds: i64,
    /// Nanoseconds after those, fewer than 1e9.
    pub nanos: u32,
}

/// All files and folders of a disk.
#[derive(Debug)]
pub struct Tree {
    settings: Settings,
    inodes: BTreeMap<Ino, Inode>,
    next: Ino,
    journal: Journal,
    /// What a disk that lies said is durable, by when it did.
    promises: BTreeMap<(u64, Ino), durable::Promise>,
    meter: Arc<Meter>,
    used: u64,
    /// How many bytes it holds at most.
    pub room: u64,
    /// How often it wrote everything because memory became scarce.
    pub pressed: u64,
}

impl Tree {
    /// One with an empty root folder, which is durable.
    pub fn new(settings: Settings, now: Moment) -> Tree {
        let attributes = Attributes {
            mode: settings.root_mode,
            uid: 0,
            gid: 0,
            accessed: now,
            modified: now,
            changed: now,
        };
        let mut root = Inode::new(attributes, Body::Folder(Folder::within(ROOT)));
        (root.names, root.safe_names) = (1, 1);
        let used = root.cost();
        Tree {
            room: settings.bytes,
            settings,
            inodes: BTreeMap::from([(ROOT, root)]),
            next: ROOT + 1,
            journal: Journal::default(),
            promises: BTreeMap::new(),
            meter: Arc::default(),
            used,
            pressed: 0,
        }
    }

    /// What is known of a file, folder or link.
    pub fn inode(&self, ino: Ino) -> Result<&Inode, Errno> {
        self.inodes.get(&ino).ok_or(Errno::STALE)
    }

    fn folder(&self, ino: Ino) -> Result<&Folder, Errno> {
        match &self.inode(ino)?.body {
            Body::Folder(folder) => Ok(folder),
            _ => Err(Errno::NOTDIR),
        }
    }

    fn file(&self, ino: Ino) -> Result<&File, Errno> {
        match &self.inode(ino)?.body {
            Body::File(file) => Ok(file),
            Body::Folder(_) => Err(Errno::ISDIR),
            _ => Err(Errno::INVAL),
        }
    }

    /// Does something with an inode, and takes note of what it costs then.
    fn with<T>(&mut self, ino: Ino, what: impl FnOnce(&mut Inode) -> T) -> Result<T, Errno> {
        let inode = self.inodes.get_mut(&ino).ok_or(Errno::STALE)?;
        let before = inode.cost();
        let done = what(inode);
        self.used = self.used - before + inode.cost();
        Ok(done)
    }

    /// Forgets an inode that nobody can reach, nor could after a power failure.
    fn forget_if_gone(&mut self, ino: Ino) {
        if ino != ROOT && self.inodes.get(&ino).is_some_and(Inode::is_gone) {
            self.inodes.remove(&ino);
            self.promises.remove(&(0, ino));
        }
    }

    /// How many bytes the node has in use.
    pub fn used(&self) -> u64 {
        self.used
    }

    /// How many bytes it may still use.
    pub fn free(&self) -> u64 {
        self.room.saturating_sub(self.used)
    }

    /// How many files, folders and links the node sees.
    pub fn count(&self) -> u64 {
        self.inodes.len() as u64
    }

    /// The node's system holds it, and names it by number until it lets go.
    pub fn pin(&mut self, ino: Ino) {
        let _ = self.with(ino, |inode| inode.pins += 1);
    }

    /// The node's system lets go of it, so many times.
    pub fn unpin(&mut self, ino: Ino, times: u64) {
        let _ = self.with(ino, |inode| inode.pins = inode.pins.saturating_sub(times));
        self.forget_if_gone(ino);
    }

    /// The node's system is no more.
    pub fn unpin_all(&mut self) {
        let pinned = self.inodes.iter().filter(|(_, inode)| inode.pins > 0);
        let pinned: Vec<Ino> = pinned.map(|(ino, _)| *ino).collect();
        pinned.into_iter().for_each(|ino| self.unpin(ino, u64::MAX));
    }
}
