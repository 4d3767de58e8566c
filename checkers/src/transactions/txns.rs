//! Transactions, as checkers see them: what each read and wrote, whether it took effect, and when.

use crate::linearizability::values::{Datum, Values};
use pepperland_core::collections::Map;
use pepperland_core::history::NONE;
use std::ops::Range;

/// What the objects are.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Model {
    /// Lists that transactions read and append to.
    Lists,
    /// Registers that transactions read and write.
    Registers,
}

/// The workloads of lists.
pub const LISTS: &[&str] = &["txn-list-append", "list-append"];

/// The workloads of transactions.
pub const WORKLOADS: &[&str] =
    &["txn-list-append", "list-append", "txn-rw-register", "rw-register"];

/// The end of what has none.
pub const OPEN: u64 = u64::MAX;

/// What became of a transaction.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It took effect, and its reads are known.
    Committed,
    /// It took no effect.
    Failed,
    /// Nobody knows, unless somebody has read what it wrote.
    Unknown,
}

/// One transaction.
#[derive(Copy, Clone, Debug)]
pub struct Txn {
    /// Who asked for it: a client between two requests without an answer.
    pub client: u32,
    /// The request.
    pub invoke: u32,
    /// The answer; [`NONE`] if there is none that tells its fate.
    pub response: u32,
    /// What became of it.
    pub fate: Fate,
    /// When it began. It came after what ended before that.
    pub begin: u64,
    /// When it ended; [`OPEN`] if that is not known.
    pub end: u64,
}

/// What was read: a part of the elements of all reads. A register holds one element or none.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Seen {
    from: u32,
    to: u32,
}

/// What an operation did.
#[derive(Copy, Clone, Debug)]
pub enum Deed {
    /// Read the key; what it saw is not known unless the transaction committed.
    Read {
        /// What it saw.
        seen: Option<Seen>,
        /// Whether the transaction had written the key before.
        own: bool,
    },
    /// Wrote the value, or appended it.
    Write {
        /// The value.
        value: Datum,
        /// Whether it is the transaction's last to the key: the version that it installs.
        last: bool,
    },
}

/// One operation of a transaction.
#[derive(Copy, Clone, Debug)]
pub struct Op {
    /// Which key.
    pub key: u32,
    /// What it did.
    pub deed: Deed,
}

/// Who wrote a value.
#[derive(Copy, Clone, Debug)]
pub struct Writer {
    /// The transaction.
    pub txn: u32,
    /// Whether the value is its last to the key.
    pub last: bool,
}

/// The names of keys and values, which some of the transactions share with all.
pub struct Names {
    /// The values.
    pub values: Values,
    /// The keys.
    pub keys: Vec<Datum>,
}

impl Names {
    /// A key in words.
    pub fn key(&self, key: u32) -> String {
        format!("key {}", self.values.text(self.keys[key as usize]))
    }

    /// A value in words.
    pub fn value(&self, value: Datum) -> String {
        self.values.text(value)
    }
}

/// Transactions, in the order of their requests in the file.
pub struct Txns {
    /// What the objects are.
    pub model: Model,
    /// How many keys there are.
    pub keys: usize,
    /// The transactions.
    pub all: Vec<Txn>,
    ops: Vec<Op>,
    /// Where the operations of each transaction end.
    ends: Vec<usize>,
    elements: Vec<Datum>,
    writers: Map<(u32, Datum), Writer>,
    /// For each transaction, who is known to have read what it wrote, if somebody is.
    witnesses: Vec<Option<u32>>,
}

impl Txns {
    /// No transactions.
    pub fn new(model: Model) -> Txns {
        let (all, ops, ends) = (Vec::new(), Vec::new(), Vec::new());
        let (elements, witnesses) = (Vec::new(), Vec::new());
        Txns { model, keys: 0, all, ops, ends, elements, writers: Map::default(), witnesses }
    }

    /// Adds a transaction that does this.
    pub fn push(&mut self, txn: Txn, ops: &[Op]) {
        self.ops.extend_from_slice(ops);
        self.ends.push(self.ops.len());
        self.all.push(txn);
    }

    /// The operations of a transaction.
    pub fn ops(&self, txn: u32) -> &[Op] {
        &self.ops[self.range(txn)]
    }

    /// The operations of a transaction, to be changed.
    pub fn ops_mut(&mut self, txn: u32) -> &mut [Op] {
        let range = self.range(txn);
        &mut self.ops[range]
    }

    fn range(&self, txn: u32) -> Range<usize> {
        let begin = txn.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        begin..self.ends[txn as usize]
    }

    /// Keeps what was read.
    pub fn see(&mut self, elements: impl IntoIterator<Item = Datum>) -> Seen {
        let from = self.elements.len() as u32;
        self.elements.extend(elements);
        Seen { from, to: self.elements.len() as u32 }
    }

    /// What was read.
    pub fn seen(&self, seen: Seen) -> &[Datum] {
        &self.elements[seen.from as usize..seen.to as usize]
    }

    /// The numbers of the transactions.
    pub fn ids(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.all.len() as u32
    }

    /// The numbers of those that took effect for sure.
    pub fn committed(&self) -> impl Iterator<Item = u32> {
        self.ids().filter(|id| self.fate(*id) == Fate::Committed)
    }

    /// What became of a transaction.
    pub fn fate(&self, txn: u32) -> Fate {
        self.all[txn as usize].fate
    }

    /// What a transaction is known to have read, with the keys.
    pub fn reads(&self, txn: u32) -> impl Iterator<Item = (u32, &[Datum])> {
        self.ops(txn).iter().filter_map(|op| match op.deed {
            Deed::Read { seen: Some(seen), .. } => Some((op.key, self.seen(seen))),
            _ => None,
        })
    }

    /// The same of keys that it had not written before: what others wrote.
    pub fn foreign_reads(&self, txn: u32) -> impl Iterator<Item = (u32, &[Datum])> {
        self.ops(txn).iter().filter_map(|op| match op.deed {
            Deed::Read { seen: Some(seen), own: false } => Some((op.key, self.seen(seen))),
            _ => None,
        })
    }

    /// What a transaction wrote: keys, values, and whether it is the last to the key.
    pub fn writes(&self, txn: u32) -> impl Iterator<Item = (u32, Datum, bool)> {
        self.ops(txn).iter().filter_map(|op| match op.deed {
            Deed::Write { value, last } => Some((op.key, value, last)),
            Deed::Read { .. } => None,
        })
    }

    /// Who wrote a value to a key.
    pub fn writer(&self, key: u32, value: Datum) -> Option<Writer> {
        self.writers.get(&(key, value)).copied()
    }

    /// Who wrote it, unless that failed.
    pub fn living_writer(&self, key: u32, value: Datum) -> Option<Writer> {
        self.writer(key, value).filter(|writer| self.fate(writer.txn) != Fate::Failed)
    }

    /// Notes who wrote what, and who was read from.
    ///
    /// # Errors
    /// The key and the value that two writes have in common, and their transactions.
    pub fn trace(&mut self) -> Result<(), (u32, Datum, [u32; 2])> {
        let mut writers = Map::default();
        for txn in self.ids() {
            for (key, value, last) in self.writes(txn) {
                if let Some(Writer { txn: first, .. }) =
                    writers.insert((key, value), Writer { txn, last })
                {
                    return Err((key, value, [first, txn]));
                }
            }
        }
        self.writers = writers;
        self.witnesses = self.read_from();
        Ok(())
    }

    /// For each transaction, the first that read from it. A list that goes on where one of those
    /// before it ended is looked at from there on.
    fn read_from(&self) -> Vec<Option<u32>> {
        let mut readers = vec![None; self.all.len()];
        let mut longest: Vec<&[Datum]> = vec![&[]; self.keys];
        for reader in self.committed() {
            for (key, list) in self.reads(reader) {
                let longest = &mut longest[key as usize];
                if longest.starts_with(list) {
                    continue;
                }
                for value in list.strip_prefix(*longest).unwrap_or(list) {
                    if let Some(writer) = self.writer(key, *value) {
                        readers[writer.txn as usize].get_or_insert(reader);
                    }
                }
                *longest = list;
            }
        }
        readers
    }

    /// Who has read from a transaction, if somebody has.
    pub fn witness(&self, txn: u32) -> Option<u32> {
        self.witnesses[txn as usize]
    }

    /// Those that took effect: for sure, or because somebody read from them.
    pub fn effective(&self) -> impl Iterator<Item = u32> {
        self.ids().filter(|txn| match self.fate(*txn) {
            Fate::Committed => true,
            Fate::Unknown => self.witness(*txn).is_some(),
            Fate::Failed => false,
        })
    }

    /// Some of them alone, each with its answer or without.
    pub fn only(&self, chosen: &[Chosen]) -> Txns {
        let mut few = Txns { keys: self.keys, ..Txns::new(self.model) };
        for chosen in chosen {
            let txn = self.all[chosen.txn as usize];
            let ops: Vec<Op> = self.ops(chosen.txn).to_vec();
            let ops: Vec<Op> =
                ops.into_iter().map(|op| self.copied(op, *chosen, &mut few)).collect();
            let open = Txn { response: NONE, fate: Fate::Unknown, end: OPEN, ..txn };
            few.push(if chosen.answered { txn } else { open }, &ops);
        }
        let unique = few.trace();
        debug_assert!(unique.is_ok(), "some of what is unique is unique");
        few
    }

    fn copied(&self, op: Op, chosen: Chosen, to: &mut Txns) -> Op {
        let Deed::Read { seen, own } = op.deed else { return op };
        let seen = seen.filter(|_| chosen.answered);
        let seen = seen.map(|seen| to.see(self.seen(seen).iter().copied()));
        Op { key: op.key, deed: Deed::Read { seen, own } }
    }
}

/// A transaction that is kept, with its answer or without.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Chosen {
    /// The transaction.
    pub txn: u32,
    /// Whether its answer is kept.
    pub answered: bool,
}
