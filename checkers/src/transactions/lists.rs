//! Dependencies of transactions that append to lists.
//!
//! Appends that nobody has seen come after all that somebody has, in an order that is not known.
//! Whatever it is, the first of them overwrites what the last readers read, and the others come
//! after it by writes alone; so an edge to each of them stands for a way of the same kind. Only
//! where a reader is one of those who appended, it is open whether it read or wrote before the
//! others.

use crate::linearizability::values::Datum;
use crate::transactions::graph::{EITHER, Edge, Edges, ON, RW, WR, WW};
use crate::transactions::orders::{Order, Orders, lists_of_others};
use crate::transactions::txns::Txns;
use pepperland_core::collections::Set;
use pepperland_core::history::NONE;

/// The dependencies by all keys, but by writes and overwritten reads only of those that are not
/// `banned`.
pub fn depend(txns: &Txns, orders: &Orders, banned: &[bool]) -> Edges {
    let mut edges = Edges::among(txns.all.len());
    read_from(txns, &mut edges);
    let unseen = unseen(txns, orders);
    let readers = readers(txns, orders);
    for (key, order) in orders.keys.iter().enumerate().filter(|(key, _)| !banned[*key]) {
        let list = List {
            key: key as u32,
            order,
            next: next_writers(&order.writers),
            unseen: &unseen[key],
        };
        list.writes_follow_writes(&mut edges);
        list.writes_follow_reads(&readers[key], &mut edges);
    }
    edges
}

/// Who read the version that somebody installed.
fn read_from(txns: &Txns, edges: &mut Edges) {
    for reader in txns.committed() {
        for (key, others) in lists_of_others(txns, reader) {
            let Some(value) = others.last().copied() else { continue };
            let writer = txns.living_writer(key, value).filter(|writer| writer.last);
            if let Some(writer) = writer {
                let read = Edge { key, value, ..Edge::plain(writer.txn, reader, WR) };
                edges.add(read);
            }
        }
    }
}

/// By key, what was appended and not seen.
fn unseen(txns: &Txns, orders: &Orders) -> Vec<Vec<(u32, Datum)>> {
    let mut unseen = vec![Vec::new(); txns.keys];
    let shown: Vec<Set<Datum>> =
        orders.keys.iter().map(|order| order.elements.iter().copied().collect()).collect();
    for txn in txns.effective() {
        for (key, value, _) in txns.writes(txn) {
            if !shown[key as usize].contains(&value) {
                unseen[key as usize].push((txn, value));
            }
        }
    }
    unseen
}

/// By key, who read how many of its elements, in their order, of others.
fn readers(txns: &Txns, orders: &Orders) -> Vec<Vec<(u32, usize)>> {
    let mut readers = vec![Vec::new(); txns.keys];
    for reader in txns.committed() {
        for (key, others) in lists_of_others(txns, reader) {
            if orders.keys[key as usize].elements.starts_with(others) {
                readers[key as usize].push((reader, others.len()));
            }
        }
    }
    readers
}

/// For each place, the first from there on whose writer is known.
fn next_writers(writers: &[u32]) -> Vec<Option<usize>> {
    let mut next = vec![None; writers.len() + 1];
    for place in (0..writers.len()).rev() {
        next[place] = if writers[place] == NONE { next[place + 1] } else { Some(place) };
    }
    next
}

/// One key.
struct List<'t> {
    key: u32,
    order: &'t Order,
    next: Vec<Option<usize>>,
    /// Who appended what nobody has seen.
    unseen: &'t [(u32, Datum)],
}

impl List<'_> {
    fn edge(&self, from: u32, to: u32, why: u8, before: Option<Datum>, value: Datum) -> Edge {
        Edge { key: self.key, before, value, ..Edge::plain(from, to, why) }
    }

    fn writes_follow_writes(&self, edges: &mut Edges) {
        let Order { elements, writers, .. } = self.order;
        let mut last: Option<usize> = None;
        for place in (0..writers.len()).filter(|place| writers[*place] != NONE) {
            if let Some(before) = last.replace(place) {
                let (from, to) = (writers[before], writers[place]);
                edges.add(self.edge(from, to, WW, Some(elements[before]), elements[place]));
            }
        }
        let Some(last) = last else { return };
        for (txn, value) in self.unseen {
            edges.add(self.edge(writers[last], *txn, WW, Some(elements[last]), *value));
        }
    }

    fn writes_follow_reads(&self, readers: &[(u32, usize)], edges: &mut Edges) {
        let Order { elements, writers, .. } = self.order;
        let mut junction = None;
        let mut rivals: Vec<(u32, Option<Datum>)> = Vec::new();
        let appended: Set<u32> = self.unseen.iter().map(|(txn, _)| *txn).collect();
        for (reader, length) in readers.iter().copied() {
            let before = length.checked_sub(1).map(|place| elements[place]);
            if let Some(next) = self.next[length] {
                edges.add(self.edge(reader, writers[next], RW, before, elements[next]));
            } else if appended.contains(&reader) {
                // Two cannot both be the first to append: what more of them say adds nothing.
                if rivals.len() < 2 && rivals.iter().all(|(rival, _)| *rival != reader) {
                    rivals.push((reader, before));
                }
            } else if !self.unseen.is_empty() {
                let junction = *junction.get_or_insert_with(|| self.junction(edges));
                edges.add(self.edge(reader, junction, RW, before, 0));
            }
        }
        for (rival, before) in rivals {
            for (txn, value) in self.unseen {
                edges.add(self.edge(rival, *txn, EITHER, before, *value));
            }
        }
    }

    /// A junction before all that nobody has seen.
    fn junction(&self, edges: &mut Edges) -> u32 {
        let junction = edges.junction();
        for (txn, value) in self.unseen {
            edges.add(self.edge(junction, *txn, ON, None, *value));
        }
        junction
    }
}
