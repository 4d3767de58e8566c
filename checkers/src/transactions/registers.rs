//! Dependencies of transactions that write to registers.
//!
//! Two things tell the order of versions: nothing comes before the first value, and who reads a
//! version and then writes the key installs a later one. Where these contradict each other the key
//! tells no order. An edge to a later version that need not be the next stands for a way of the
//! same kind: the next overwrites what was read, and others come after it by writes alone. Only
//! where a reader writes the key itself it is open whether it read or wrote before the others.

use crate::linearizability::values::Datum;
use crate::transactions::graph::{EITHER, Edge, Edges, Graph, ON, RW, WR, WW};
use crate::transactions::txns::Txns;
use pepperland_core::collections::Map;
use std::collections::BTreeMap;

/// A version: the key, and the value unless it is the first.
pub type Version = (u32, Option<Datum>);

/// What is known of the order of versions.
pub struct Versions {
    /// Of each version that was read, the later ones and who installed them.
    later: BTreeMap<Version, Vec<(u32, Datum)>>,
    /// Whether what is known of a key contradicts itself.
    pub contradictory: Vec<bool>,
}

impl Versions {
    /// Reads the order of versions out of the transactions. O(n log n).
    pub fn of(txns: &Txns) -> Versions {
        let mut later: BTreeMap<Version, Vec<(u32, Datum)>> = BTreeMap::new();
        for (txn, key, value) in installed(txns) {
            later.entry((key, None)).or_default().push((txn, value));
        }
        for txn in txns.committed() {
            for (key, value, _) in txns.writes(txn).filter(|(.., last)| *last) {
                let read = txns.foreign_reads(txn).filter(|(k, _)| *k == key);
                let versions = read.filter_map(|(_, seen)| version(txns, key, seen));
                let mut versions: Vec<Version> = versions.filter(|v| v.1.is_some()).collect();
                versions.dedup();
                for version in versions {
                    later.entry(version).or_default().push((txn, value));
                }
            }
        }
        let contradictory = contradictory(txns, &later);
        Versions { later, contradictory }
    }
}

/// The versions that were installed: who did, the key and the value.
pub fn installed(txns: &Txns) -> impl Iterator<Item = (u32, u32, Datum)> {
    txns.effective().flat_map(|txn| {
        let last = txns.writes(txn).filter(|(.., last)| *last);
        last.map(move |(key, value, _)| (txn, key, value))
    })
}

/// The version that was read, if it is one that somebody installed.
pub fn version(txns: &Txns, key: u32, seen: &[Datum]) -> Option<Version> {
    let Some(value) = seen.last().copied() else { return Some((key, None)) };
    txns.living_writer(key, value).filter(|writer| writer.last)?;
    Some((key, Some(value)))
}

/// The keys of which a version comes before itself.
fn contradictory(txns: &Txns, later: &BTreeMap<Version, Vec<(u32, Datum)>>) -> Vec<bool> {
    let mut nodes: Map<Version, u32> = Map::default();
    let mut edges = Edges::among(0);
    for ((key, value), others) in later.iter().filter(|(version, _)| version.1.is_some()) {
        for other in others {
            let [from, to] = [(*key, *value), (*key, Some(other.1))]
                .map(|version| *nodes.entry(version).or_insert_with(|| edges.junction()));
            edges.add(Edge { key: *key, ..Edge::plain(from, to, WW) });
        }
    }
    let graph = Graph::of(edges);
    let components = graph.components(WW);
    let mut contradictory = vec![false; txns.keys];
    for edge in graph.edges.iter().filter(|edge| components.hold(edge)) {
        contradictory[edge.key as usize] = true;
    }
    contradictory
}

/// The dependencies by all keys, but by writes and overwritten reads only of those that are not
/// `banned`.
pub fn depend(txns: &Txns, versions: &Versions, banned: &[bool]) -> Edges {
    let mut edges = Edges::among(txns.all.len());
    let mut readers: BTreeMap<Version, Vec<u32>> = BTreeMap::new();
    for reader in txns.committed() {
        for (key, seen) in txns.foreign_reads(reader) {
            let Some(version) = version(txns, key, seen) else { continue };
            readers.entry(version).or_default().push(reader);
            let writer = version.1.and_then(|value| txns.living_writer(key, value));
            if let (Some(writer), Some(value)) = (writer, version.1) {
                edges.add(Edge { key, value, ..Edge::plain(writer.txn, reader, WR) });
            }
        }
    }
    for ((key, before), later) in &versions.later {
        if banned[*key as usize] {
            continue;
        }
        let of = Later { key: *key, before: *before, versions: later };
        let writer = before.and_then(|value| txns.living_writer(*key, value));
        for (txn, value) in later {
            if let Some(writer) = writer {
                edges.add(of.edge(writer.txn, *txn, WW, *value));
            }
        }
        of.follow_reads(txns, readers.get(&(*key, *before)).map_or(&[], Vec::as_slice), &mut edges);
    }
    edges
}

/// The versions that come after one.
struct Later<'t> {
    key: u32,
    before: Option<Datum>,
    versions: &'t [(u32, Datum)],
}

impl Later<'_> {
    fn edge(&self, from: u32, to: u32, why: u8, value: Datum) -> Edge {
        Edge { key: self.key, before: self.before, value, ..Edge::plain(from, to, why) }
    }

    fn follow_reads(&self, txns: &Txns, readers: &[u32], edges: &mut Edges) {
        let writes = |reader: &u32| txns.writes(*reader).any(|(key, ..)| key == self.key);
        let (rivals, readers): (Vec<u32>, Vec<u32>) = readers.iter().partition(|r| writes(r));
        if !readers.is_empty() {
            let junction = edges.junction();
            for (txn, value) in self.versions {
                edges.add(self.edge(junction, *txn, ON, *value));
            }
            for reader in readers {
                edges.add(self.edge(reader, junction, RW, 0));
            }
        }
        // Two cannot both be the first to write: what more of them say adds nothing.
        let first = rivals.first();
        let second = rivals.iter().find(|rival| Some(*rival) != first);
        for rival in first.into_iter().chain(second) {
            for (txn, value) in self.versions {
                edges.add(self.edge(*rival, *txn, EITHER, *value));
            }
        }
    }
}
