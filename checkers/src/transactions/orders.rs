//! The order in which lists were appended to, as reads of them show it.
//!
//! The longest list that was read of a key is the order of its versions, if every other list is a
//! prefix of it (Kingsbury & Alvaro 2020). A list that shows an element twice is no evidence. Of
//! one that a transaction read after it had appended to it, only what stands before its own
//! elements is: others' appends may yet come between.

use crate::linearizability::values::Datum;
use crate::transactions::txns::{Deed, Txns};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::NONE;
use std::cmp::Reverse;

/// The order of one key's elements.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Who read the longest list, if there was a read.
    pub reader: Option<u32>,
    /// That list.
    pub elements: Vec<Datum>,
    /// Who appended each element; [`NONE`] if that failed or is not known.
    pub writers: Vec<u32>,
    /// Whether each element was appended by somebody who did not fail.
    pub is_traced: bool,
    /// Who read a list that is no prefix of it.
    pub other: Option<u32>,
}

/// Elements of one transaction in another order than it appended them.
#[derive(Copy, Clone, Debug)]
pub struct Disorder {
    /// Who read them.
    pub reader: u32,
    /// Who appended them.
    pub writer: u32,
    /// The key.
    pub key: u32,
    /// What stands there.
    pub shown: Datum,
    /// What the transaction appended before that and is not before it.
    pub missed: Datum,
}

/// A list that shows an element twice.
#[derive(Copy, Clone, Debug)]
pub struct Duplicate {
    /// Who read it.
    pub reader: u32,
    /// Of which key.
    pub key: u32,
    /// The element.
    pub value: Datum,
}

/// The orders of all keys.
#[derive(Default)]
pub struct Orders {
    /// By key.
    pub keys: Vec<Order>,
    /// The lists that show an element twice, in the order of their readers.
    pub duplicates: Vec<Duplicate>,
}

/// A list that was read.
#[derive(Copy, Clone)]
struct ListRead<'t> {
    /// Who read it.
    reader: u32,
    /// Of which key.
    key: u32,
    /// What stands before what the reader had appended by then, if it ends with that.
    others: Option<&'t [Datum]>,
    /// All of it.
    whole: &'t [Datum],
}

/// What a transaction read of others' elements, by key: where a list ends with what it had appended
/// by then, that is not part of it; where it should and does not, it tells nothing.
pub fn lists_of_others(txns: &Txns, reader: u32) -> impl Iterator<Item = (u32, &[Datum])> {
    lists(txns, reader).filter_map(|read| Some((read.key, read.others?)))
}

/// The lists that a transaction read.
fn lists(txns: &Txns, reader: u32) -> impl Iterator<Item = ListRead<'_>> {
    let ops = txns.ops(reader);
    ops.iter().enumerate().filter_map(move |(place, op)| {
        let Deed::Read { seen: Some(seen), .. } = op.deed else { return None };
        let (key, whole) = (op.key, txns.seen(seen));
        let own = ops[..place].iter().rev().filter(|before| before.key == key);
        let others = own.into_iter().try_fold(whole, |rest, own| match own.deed {
            Deed::Write { value, .. } => rest.strip_suffix(&[value]),
            Deed::Read { .. } => Some(rest),
        });
        Some(ListRead { reader, key, others, whole })
    })
}

impl Orders {
    /// Reads the orders out of the lists. O(n log n).
    pub fn of(txns: &Txns) -> Orders {
        let mut orders = Orders { keys: vec![Order::default(); txns.keys], duplicates: Vec::new() };
        let reads = txns.committed().flat_map(|txn| lists(txns, txn));
        let mut reads: Vec<ListRead<'_>> = reads.collect();
        let length = |read: &ListRead<'_>| read.others.map_or(0, <[_]>::len);
        reads.sort_by_key(|read| (read.key, Reverse(length(read)), read.reader));
        reads.iter().for_each(|read| orders.read(read));
        orders.duplicates.sort_by_key(|duplicate| duplicate.reader);
        for (key, order) in orders.keys.iter_mut().enumerate() {
            let writer = |value| txns.living_writer(key as u32, value).map_or(NONE, |w| w.txn);
            order.writers = order.elements.iter().map(|value| writer(*value)).collect();
            order.is_traced = !order.writers.contains(&NONE);
        }
        orders
    }

    /// Takes in a list that is no longer than those before it.
    fn read(&mut self, read: &ListRead<'_>) {
        let ListRead { reader, key, others, whole } = *read;
        let order = &mut self.keys[key as usize];
        if order.reader.is_some() && order.elements.starts_with(whole) {
            return;
        }
        let mut met = Set::default();
        if let Some(value) = whole.iter().copied().find(|value| !met.insert(*value)) {
            self.duplicates.push(Duplicate { reader, key, value });
            return;
        }
        let Some(others) = others else { return };
        if order.reader.is_none() {
            (order.reader, order.elements) = (Some(reader), others.to_vec());
        } else if !order.elements.starts_with(others) {
            order.other.get_or_insert(reader);
        }
    }

    /// The first list that shows elements of one transaction in another order than its own.
    pub fn disorder(&self, txns: &Txns) -> Option<Disorder> {
        let keys = self.keys.iter().enumerate();
        keys.filter_map(|(key, order)| order.disorder(key as u32, txns)).min_by_key(|d| d.reader)
    }
}

impl Order {
    fn disorder(&self, key: u32, txns: &Txns) -> Option<Disorder> {
        let mut shown: Map<u32, usize> = Map::default();
        for (value, writer) in self.elements.iter().copied().zip(self.writers.iter().copied()) {
            if writer == NONE {
                continue;
            }
            let count = shown.entry(writer).or_default();
            let mut own = txns.writes(writer).filter(|(k, ..)| *k == key).skip(*count);
            let (_, missed, _) = own.next()?;
            if missed != value {
                return Some(Disorder { reader: self.reader?, writer, key, shown: value, missed });
            }
            *count += 1;
        }
        None
    }
}
