//! What real time tells of the versions of registers.
//!
//! In an order that real time allows, a write that had ended when somebody began to read another
//! version comes before that version; and a write that began when the version's had ended comes
//! after all that read the version. Where that follows from the times of the transactions alone
//! there is no edge, so that in a history that is as it should be edges are between transactions
//! that overlap.

use crate::linearizability::values::Datum;
use crate::transactions::graph::{Edge, Edges, RECENT};
use crate::transactions::registers::{installed, version};
use crate::transactions::txns::{Txn, Txns};
use std::collections::BTreeMap;

/// A version, and who installed it.
#[derive(Copy, Clone)]
struct Write {
    txn: u32,
    value: Datum,
    begin: u64,
    end: u64,
}

/// The versions of one key.
#[derive(Default)]
struct Versions {
    by_begin: Vec<Write>,
    by_end: Vec<Write>,
    /// Who read which version.
    readers: BTreeMap<Datum, Vec<u32>>,
}

/// Adds these edges.
pub fn add_recency(txns: &Txns, edges: &mut Edges) {
    let mut keys: BTreeMap<u32, Versions> = BTreeMap::new();
    for (txn, key, value) in installed(txns) {
        let Txn { begin, end, .. } = txns.all[txn as usize];
        keys.entry(key).or_default().by_begin.push(Write { txn, value, begin, end });
    }
    for reader in txns.committed() {
        for (key, seen) in txns.foreign_reads(reader) {
            let Some((_, Some(value))) = version(txns, key, seen) else { continue };
            keys.entry(key).or_default().readers.entry(value).or_default().push(reader);
        }
    }
    for (key, mut versions) in keys {
        versions.by_begin.sort_by_key(|write| write.begin);
        versions.by_end = versions.by_begin.clone();
        versions.by_end.sort_by_key(|write| write.end);
        for write in &versions.by_begin {
            for reader in versions.readers.get(&write.value).into_iter().flatten() {
                versions.add(*write, (*reader, txns.all[*reader as usize]), key, edges);
            }
        }
    }
}

impl Versions {
    /// What follows from it that somebody read this write's version.
    fn add(&self, write: Write, (id, reader): (u32, Txn), key: u32, edges: &mut Edges) {
        let first = self.by_end.partition_point(|other| other.end <= write.begin);
        let ended = self.by_end[first..].iter().take_while(|other| other.end < reader.begin);
        for other in ended.filter(|other| other.txn != write.txn) {
            let edge = Edge::plain(other.txn, write.txn, RECENT);
            edges.add(Edge { key, value: write.value, ..edge });
            if write.end < other.begin {
                break;
            }
        }
        let first = self.by_begin.partition_point(|other| other.begin <= write.end);
        let begun = self.by_begin[first..].iter().take_while(|other| other.begin < reader.end);
        for other in begun.filter(|other| other.txn != id) {
            let edge = Edge::plain(id, other.txn, RECENT);
            edges.add(Edge { key, before: Some(write.value), value: other.value, ..edge });
            if other.end < reader.begin {
                break;
            }
        }
    }
}
