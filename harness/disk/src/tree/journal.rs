//! The changes of names that are not durable yet, and in which order they may become so.
//!
//! A change is durable as a whole or not at all: POSIX wants it of rename(2), and every journal
//! gives it for the rest. Two changes may become durable in either order, but for the rules of soft
//! updates (Ganger, McKusick, Soules, Patt, ACM TOCS 2000), without which a file could vanish that
//! never was without a name:
//! - changes of one name keep their order, and so do changes that name the same file;
//! - a folder does not go before what was in it has;
//! - moves of folders keep their order, so that none comes to lie within itself.

use crate::dice::Dice;
use crate::tree::{Ino, Name};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

/// When more changes than these wait, the oldest half is written, as a full journal is.
const MOST: usize = 1 << 16;

/// One change of names.
#[derive(Clone, Debug, Default)]
pub struct Renaming {
    /// The names that it sets, or takes away.
    pub slots: Vec<Slot>,
    /// The files and folders that get or lose a name by it.
    pub inodes: Vec<Ino>,
    /// The folder that it removes, if it removes one.
    pub emptied: Option<Ino>,
    /// Whether it moves a folder.
    pub moves_folder: bool,
    /// When a disk that lies said that it is durable.
    pub promised: Option<u64>,
}

/// A name in a folder, and what has it from now on.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The folder.
    pub folder: Ino,
    /// The name.
    pub name: Name,
    /// What has it.
    pub now: Option<Ino>,
}

/// All changes of names that are not durable, by number.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    waiting: BTreeMap<u64, Renaming>,
    next: u64,
    by_slot: BTreeMap<(Ino, Name), BTreeSet<u64>>,
    by_inode: BTreeMap<Ino, BTreeSet<u64>>,
    moves: BTreeSet<u64>,
    promises: BTreeSet<(u64, u64)>,
}

impl Journal {
    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Takes note of a change.
    pub fn add(&mut self, renaming: Renaming) {
        let number = self.next;
        self.next += 1;
        for slot in &renaming.slots {
            let key = (slot.folder, slot.name.clone());
            self.by_slot.entry(key).or_default().insert(number);
        }
        for ino in &renaming.inodes {
            self.by_inode.entry(*ino).or_default().insert(number);
        }
        if renaming.moves_folder {
            self.moves.insert(number);
        }
        self.waiting.insert(number, renaming);
    }

    /// Those that a journal which has become too full writes.
    pub fn surplus(&self) -> BTreeSet<u64> {
        let count = if self.waiting.len() > MOST { MOST / 2 } else { 0 };
        self.waiting.keys().take(count).copied().collect()
    }

    /// All of them.
    pub fn all(&self) -> BTreeSet<u64> {
        self.waiting.keys().copied().collect()
    }

    /// Those in one folder, and all that must be durable before them.
    pub fn of_folder(&self, folder: Ino) -> BTreeSet<u64> {
        self.with_earlier(self.within(folder))
    }

    /// Those that were promised up to then, and all that must be durable before them.
    pub fn promised_until(&self, then: u64) -> BTreeSet<u64> {
        let promised = self.promises.range(..=(then, u64::MAX));
        self.with_earlier(promised.map(|(_, number)| *number).collect())
    }

    /// A disk that lies says that these are durable. How many had not been promised before.
    pub fn promise(&mut self, numbers: &BTreeSet<u64>, at: u64) -> u64 {
        let mut fresh = 0;
        for number in numbers {
            let Some(renaming) = self.waiting.get_mut(number) else { continue };
            if renaming.promised.is_none() {
                renaming.promised = Some(at);
                self.promises.insert((at, *number));
                fresh += 1;
            }
        }
        fresh
    }

    /// Takes these out, in order.
    pub fn remove(&mut self, numbers: &BTreeSet<u64>) -> Vec<Renaming> {
        numbers.iter().filter_map(|number| self.remove_one(*number)).collect()
    }

    fn remove_one(&mut self, number: u64) -> Option<Renaming> {
        let renaming = self.waiting.remove(&number)?;
        for slot in &renaming.slots {
            take_from(&mut self.by_slot, &(slot.folder, slot.name.clone()), number);
        }
        for ino in &renaming.inodes {
            take_from(&mut self.by_inode, ino, number);
        }
        self.moves.remove(&number);
        if let Some(at) = renaming.promised {
            self.promises.remove(&(at, number));
        }
        Some(renaming)
    }

    /// Those that happen to be durable when the power fails, each with this chance.
    pub fn survivors(&self, share: u32, dice: &mut Dice) -> BTreeSet<u64> {
        let mut survivors = BTreeSet::new();
        for number in self.waiting.keys() {
            let earlier_survive = self.before(*number).iter().all(|one| survivors.contains(one));
            if dice.happens(share) && earlier_survive {
                survivors.insert(*number);
            }
        }
        survivors
    }

    /// Those of a journal that is written in order: its first so many, drawn.
    pub fn surviving_start(&self, share: u32, dice: &mut Dice) -> BTreeSet<u64> {
        let len = self.waiting.len() as u64;
        let count = match share {
            0 => 0,
            1_000_000.. => len,
            _ => dice.below(len + 1),
        };
        self.waiting.keys().take(count as usize).copied().collect()
    }

    fn with_earlier(&self, mut wanted: Vec<u64>) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        while let Some(number) = wanted.pop() {
            if found.insert(number) {
                wanted.extend(self.before(number));
            }
        }
        found
    }

    /// The changes that must be durable before this one: of each rule the last, for that one has
    /// the ones before.
    fn before(&self, number: u64) -> Vec<u64> {
        let Some(renaming) = self.waiting.get(&number) else { return Vec::new() };
        let last = |numbers: &BTreeSet<u64>| numbers.range(..number).next_back().copied();
        let slots = renaming
            .slots
            .iter()
            .filter_map(|slot| self.by_slot.get(&(slot.folder, slot.name.clone())).and_then(last));
        let inodes = renaming.inodes.iter();
        let inodes = inodes.filter_map(|ino| self.by_inode.get(ino).and_then(last));
        let mut before: Vec<u64> = slots.chain(inodes).collect();
        if let Some(folder) = renaming.emptied {
            before.extend(self.within(folder).into_iter().filter(|other| *other < number));
        }
        if renaming.moves_folder {
            before.extend(last(&self.moves));
        }
        before
    }

    fn within(&self, folder: Ino) -> Vec<u64> {
        let first: Name = OsStr::new("").into();
        let range = (folder, first.clone())..(folder + 1, first);
        self.by_slot.range(range).flat_map(|(_, numbers)| numbers).copied().collect()
    }
}

fn take_from<K: Ord>(index: &mut BTreeMap<K, BTreeSet<u64>>, key: &K, number: u64) {
    if let Some(numbers) = index.get_mut(key) {
        numbers.remove(&number);
        if numbers.is_empty() {
            index.remove(key);
        }
    }
}
