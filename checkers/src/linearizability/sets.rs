//! Sets that grow, no element added twice: exact, and no search.
//!
//! What is read must be a row of sets, each within the next. So every operation has its place: the
//! additions of what a read has first seen, the reads of one set, the next additions. There is an
//! order if nothing stands behind what it has to come before.

use crate::linearizability::calls::{Action, Calls};
use crate::linearizability::values::Datum;
use pepperland_core::collections::Map;
use pepperland_core::history::NONE;

/// Whether there is an order; none if it takes a search to tell. O(n log n + what was read).
pub fn settle(calls: &Calls, ids: &[u32]) -> Option<bool> {
    let mut added: Map<Datum, u32> = Map::default();
    for id in ids {
        if let Action::Insert(element) = calls.all[*id as usize].action
            && (calls.initial.items.contains(&element) || added.insert(element, NONE).is_some())
        {
            return None;
        }
    }
    let Some(places) = places(calls, ids, added) else { return Some(false) };
    Some(is_in_order(calls, places))
}

/// The place of each operation, with the operation; none if what was read is no row of sets.
fn places(calls: &Calls, ids: &[u32], mut added: Map<Datum, u32>) -> Option<Vec<(u32, u32)>> {
    let list = |id: u32| match calls.all[id as usize].action {
        Action::Members(list) => Some(&calls.lists[list as usize]),
        _ => None,
    };
    let mut reads: Vec<(&Vec<Datum>, u32)> =
        ids.iter().filter_map(|id| list(*id).map(|list| (list, *id))).collect();
    reads.sort_by_key(|(list, id)| (list.len(), *id));
    let mut initial = calls.initial.items.clone();
    initial.sort_unstable();
    initial.dedup();
    let (mut before, mut level, mut places) = (&initial, 0, Vec::with_capacity(ids.len()));
    for (list, id) in reads {
        let mut old = before.iter().peekable();
        for element in list {
            if old.next_if_eq(&element).is_none() {
                let place = added.get_mut(element).filter(|place| **place == NONE)?;
                *place = level + 2;
            }
        }
        if old.next().is_some() {
            return None;
        }
        level += if list.len() > before.len() { 2 } else { 0 };
        before = list;
        places.push((level + 1, id));
    }
    for id in ids {
        if let Action::Insert(element) = calls.all[*id as usize].action {
            places.push((added[&element].min(level + 2), *id));
        }
    }
    places.sort_unstable();
    Some(places)
}

fn is_in_order(calls: &Calls, places: Vec<(u32, u32)>) -> bool {
    let (mut latest, mut here, mut place_here) = (0, 0, 0);
    for (place, id) in &places {
        let call = &calls.all[*id as usize];
        if *place != place_here {
            (latest, here, place_here) = (here.max(latest), 0, *place);
        }
        if call.end < latest {
            return false;
        }
        here = here.max(call.begin);
    }
    if !calls.ties {
        return true;
    }
    let mut by_call: Vec<(u32, u32)> = places.into_iter().map(|(place, id)| (id, place)).collect();
    by_call.sort_unstable();
    let mut last = vec![0; calls.clients as usize];
    by_call.into_iter().all(|(id, place)| {
        let last = &mut last[calls.all[id as usize].client as usize];
        std::mem::replace(last, place) <= place
    })
}
