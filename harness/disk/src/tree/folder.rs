//! A folder: the names that the node sees in it, and those that would outlive a power failure.

use crate::tree::{Ino, Name};
use std::collections::BTreeMap;
use std::ffi::OsStr;

/// The names in a folder.
#[derive(Clone, Debug)]
pub struct Folder {
    entries: BTreeMap<Name, Entry>,
    /// The names in the order in which they came, by cookie: where a reader goes on however the
    /// folder has changed meanwhile.
    order: BTreeMap<u64, Name>,
    next_cookie: u64,
    /// The folder that this one is in.
    pub parent: Ino,
    /// What is durable.
    pub safe: BTreeMap<Name, Ino>,
}

#[derive(Copy, Clone, Debug)]
struct Entry {
    ino: Ino,
    cookie: u64,
}

/// Cookies below are for `.` and `..`.
pub const FIRST_COOKIE: u64 = 3;

impl Folder {
    /// An empty one.
    pub fn within(parent: Ino) -> Folder {
        Folder {
            entries: BTreeMap::new(),
            order: BTreeMap::new(),
            next_cookie: FIRST_COOKIE,
            parent,
            safe: BTreeMap::new(),
        }
    }

    /// What has this name.
    pub fn get(&self, name: &OsStr) -> Option<Ino> {
        self.entries.get(name).map(|entry| entry.ino)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names with a cookie greater than this, in order of cookies.
    pub fn after(&self, cookie: u64) -> impl Iterator<Item = (u64, &Name, Ino)> {
        let later = self.order.range(cookie.saturating_add(1)..);
        later.map(|(cookie, name)| (*cookie, name, self.entries[name].ino))
    }

    /// Gives a name, or takes it away; what had it before.
    pub fn set(&mut self, name: &Name, ino: Option<Ino>) -> Option<Ino> {
        let before = self.entries.remove(name);
        if let Some(before) = before {
            self.order.remove(&before.cookie);
        }
        if let Some(ino) = ino {
            let cookie = self.next_cookie;
            self.next_cookie += 1;
            self.entries.insert(name.clone(), Entry { ino, cookie });
            self.order.insert(cookie, name.clone());
        }
        before.map(|entry| entry.ino)
    }

    /// Gives a name durably, or takes it away; what had it before.
    pub fn set_safe(&mut self, name: &Name, ino: Option<Ino>) -> Option<Ino> {
        match ino {
            Some(ino) => self.safe.insert(name.clone(), ino),
            None => self.safe.remove(name),
        }
    }

    /// The node sees what is durable, and no more.
    pub fn revert(&mut self) {
        let safe = std::mem::take(&mut self.safe);
        let mut fresh = Folder::within(self.parent);
        for (name, ino) in &safe {
            fresh.set(name, Some(*ino));
        }
        *self = Folder { safe, ..fresh };
    }
}
