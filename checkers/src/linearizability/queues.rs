//! Queues into which no item is put twice: exact, and no search.
//!
//! Such a history is in order unless an item is taken that was not put, or before, or twice; or of
//! two items the one that was put first for certain is taken last for certain; or nothing is found
//! though all the time some item is there for certain (Henzinger, Sezgin & Vafeiadis 2013).

use crate::linearizability::calls::{Action, BEFORE, Calls, OPEN, Taken};
use crate::linearizability::values::Datum;
use pepperland_core::collections::Map;

/// One item: when it was put, and when it was taken.
#[derive(Copy, Clone)]
struct Item {
    put: (u64, u64),
    taken: Option<(u64, u64)>,
}

/// Whether there is an order; none if it takes a search to tell. O(n log n).
pub fn settle(calls: &Calls, ids: &[u32]) -> Option<bool> {
    if calls.ties || calls.initial.items.len() > 1 {
        return None;
    }
    let mut items: Map<Datum, Item> = Map::default();
    items.extend(calls.initial.items.iter().map(|i| (*i, Item { put: (0, BEFORE), taken: None })));
    let calls_here = || ids.iter().map(|id| &calls.all[*id as usize]);
    for call in calls_here() {
        let item = Item { put: (call.begin, call.end), taken: None };
        if let Action::Put(value) = call.action
            && items.insert(value, item).is_some()
        {
            return None;
        }
    }
    let (mut empty, mut unknown, mut fits) = (Vec::new(), false, true);
    for call in calls_here() {
        let taken = (call.begin, call.end);
        match call.action {
            Action::Take(Taken::Item(value)) => match items.get_mut(&value) {
                Some(item) if item.taken.is_none() && item.put.0 < call.end => {
                    item.taken = Some(taken);
                }
                _ => return Some(false),
            },
            Action::Take(Taken::Empty) => empty.push(taken),
            Action::Take(Taken::Unknown) => unknown = true,
            _ => {}
        }
    }
    let seen = |item: &Item| item.put.1 != OPEN || item.taken.is_some();
    let mut items: Vec<Item> = items.into_values().filter(seen).collect();
    fits &= is_first_in_first_out(&mut items) && may_be_empty(&items, &empty);
    if fits || !unknown { Some(fits) } else { None }
}

/// No item that was put first for certain is taken last for certain.
fn is_first_in_first_out(items: &mut [Item]) -> bool {
    let taken = |item: &Item| item.taken.map_or(OPEN, |taken| taken.0);
    let mut earlier: Vec<(u64, u64)> = items.iter().map(|item| (item.put.1, taken(item))).collect();
    earlier.sort_unstable();
    items.sort_unstable_by_key(|item| item.put.0);
    let (mut earlier, mut latest) = (earlier.into_iter().peekable(), 0);
    items.iter().all(|item| {
        while let Some((_, taken)) = earlier.next_if(|(put, _)| *put < item.put.0) {
            latest = latest.max(taken);
        }
        item.taken.is_none_or(|taken| taken.1 > latest)
    })
}

/// Whoever found nothing did so at some instant at which no item was there for certain.
fn may_be_empty(items: &[Item], empty: &[(u64, u64)]) -> bool {
    let there = |item: &Item| (item.put.1, item.taken.map_or(OPEN, |taken| taken.0));
    let mut there: Vec<(u64, u64)> = items.iter().map(there).filter(|(a, b)| a < b).collect();
    there.sort_unstable();
    there.dedup_by(|next, kept| {
        let joins = next.0 < kept.1;
        if joins {
            kept.1 = kept.1.max(next.1);
        }
        joins
    });
    empty.iter().all(|(begin, end)| {
        let after = there.partition_point(|(from, _)| from < begin);
        after.checked_sub(1).is_none_or(|last| there[last].1 < *end)
    })
}
