//! Whether there is an order: first where that can be told at once, then where the protocol itself
//! shows one, and else by search.

use crate::linearizability::calls::{Action, Call, Calls};
use crate::linearizability::machine::Machine;
use crate::linearizability::models::Model;
use crate::linearizability::registers::{Settled, settle};
use crate::linearizability::search::{Found, search};
use crate::linearizability::values::{Datum, NOTHING};
use crate::linearizability::{queues, sets};
use pepperland_core::collections::Set;

/// Whether operations can be put in an order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Decision {
    /// They can.
    Order,
    /// They cannot, and these alone cannot; what is left out reads, or writes what these do not
    /// read.
    None(Vec<u32>),
    /// The search gave up.
    GaveUp,
}

/// Whether there is one order for each register, in real time (Herlihy & Wing: linearizability is
/// local; Horn & Kroening 2015), or one for the whole object.
pub fn decide(calls: &Calls, budget: &mut u64) -> Decision {
    let mut gave_up = false;
    if calls.all.is_empty() {
        return Decision::Order;
    }
    for (key, ids) in by_key(calls).into_iter().enumerate() {
        match one(calls, key, worth(calls, ids), budget) {
            Decision::Order => {}
            Decision::GaveUp => gave_up = true,
            none => return none,
        }
    }
    if gave_up { Decision::GaveUp } else { Decision::Order }
}

fn one(calls: &Calls, key: usize, ids: Vec<u32>, budget: &mut u64) -> Decision {
    if calls.model == Model::Registers {
        match settle(calls, &ids, calls.keys[key].initial) {
            Settled::Order => return Decision::Order,
            Settled::None(ids) => return Decision::None(ids),
            Settled::Ambiguous => {}
        }
    }
    let settled = match calls.model {
        Model::Set => sets::settle(calls, &ids),
        Model::Queue => queues::settle(calls, &ids),
        _ => None,
    };
    match settled {
        Some(true) => return Decision::Order,
        Some(false) => return Decision::None(ids),
        None => {}
    }
    if is_shown(calls, &ids) {
        return Decision::Order;
    }
    searched(calls, ids, budget)
}

fn searched(calls: &Calls, ids: Vec<u32>, budget: &mut u64) -> Decision {
    match search(calls, &ids, budget) {
        Found::Order => Decision::Order,
        Found::None => Decision::None(ids),
        Found::GaveUp => Decision::GaveUp,
    }
}

/// Whether there is one order of all operations that keeps each client's own. Of calls that forgot
/// the time. Every register must have such an order by itself, but that is not enough.
pub fn decide_sequential(calls: &Calls, budget: &mut u64) -> Decision {
    if calls.all.is_empty() {
        return Decision::Order;
    }
    let groups = by_key(calls);
    let alone = groups.len() == 1;
    let mut worthy = Vec::new();
    for (key, ids) in groups.into_iter().enumerate() {
        let ids = worth(calls, ids);
        if calls.model == Model::Registers {
            match settle(calls, &ids, calls.keys[key].initial) {
                Settled::Order if alone => return Decision::Order,
                Settled::None(ids) => return Decision::None(ids),
                Settled::Order | Settled::Ambiguous => {}
            }
        }
        if calls.model == Model::Set {
            match sets::settle(calls, &ids) {
                Some(true) => return Decision::Order,
                Some(false) => return Decision::None(ids),
                None => {}
            }
        }
        worthy.extend(ids);
    }
    worthy.sort_unstable();
    searched(calls, worthy, budget)
}

/// The operations on each register, or all of them.
fn by_key(calls: &Calls) -> Vec<Vec<u32>> {
    let all = 0..calls.all.len() as u32;
    if calls.keys.len() <= 1 || calls.model != Model::Registers {
        return vec![all.collect()];
    }
    let mut sizes = vec![0; calls.keys.len()];
    calls.all.iter().for_each(|call| sizes[call.key as usize] += 1);
    let mut groups: Vec<Vec<u32>> = sizes.into_iter().map(Vec::with_capacity).collect();
    all.for_each(|id| groups[calls.all[id as usize].key as usize].push(id));
    groups
}

/// Leaves out open operations that need not have happened: nobody has seen what they did.
fn worth(calls: &Calls, ids: Vec<u32>) -> Vec<u32> {
    let call = |id: &u32| &calls.all[*id as usize];
    if ids.iter().all(|id| call(id).is_done()) {
        return ids;
    }
    match calls.model {
        Model::Registers => worth_of_registers(calls, ids),
        Model::Counter => ids,
        Model::Set => {
            let seen: Set<Datum> = calls.lists.iter().flatten().copied().collect();
            let is_seen = |call: &Call| match call.action {
                Action::Insert(element) => seen.contains(&element),
                _ => true,
            };
            ids.into_iter().filter(|id| call(id).is_done() || is_seen(call(id))).collect()
        }
        Model::Queue | Model::Stack => ids,
    }
}

/// What an open swap found has been seen if what it put there has.
fn worth_of_registers(calls: &Calls, ids: Vec<u32>) -> Vec<u32> {
    let call = |id: &u32| &calls.all[*id as usize];
    let mut seen = Set::default();
    for id in ids.iter().filter(|id| call(id).is_done()) {
        seen.extend(found(call(id)).into_iter().flatten());
    }
    loop {
        let worth = |id: &&u32| match call(id).action {
            _ if call(id).is_done() => true,
            Action::Cas { from, to, creates: false } if from == to => false,
            action => made(action).is_some_and(|value| seen.contains(&value)),
        };
        let kept: Vec<u32> = ids.iter().filter(worth).copied().collect();
        let before = seen.len();
        for id in &kept {
            seen.extend(found(call(id)).into_iter().flatten());
        }
        if seen.len() == before {
            return kept;
        }
    }
}

/// What the operation found in its register.
pub fn found(call: &Call) -> [Option<Datum>; 2] {
    match call.action {
        Action::Read(value) => [Some(value), None],
        Action::Cas { from, creates, .. } => [Some(from), creates.then_some(NOTHING)],
        _ => [None, None],
    }
}

/// What it put there.
pub fn made(action: Action) -> Option<Datum> {
    match action {
        Action::Write(value) | Action::Cas { to: value, .. } => Some(value),
        _ => None,
    }
}

/// Whether the order of the slots is one: each answer is right, and nothing that ended before an
/// operation began comes after it.
fn is_shown(calls: &Calls, ids: &[u32]) -> bool {
    if calls.slots.is_empty() {
        return false;
    }
    let place = |id: &u32| {
        let call = &calls.all[*id as usize];
        calls.slots.get(&call.response).map(|slot| (*slot, call.begin, *id))
    };
    let done = ids.iter().filter(|id| calls.all[**id as usize].is_done());
    let Some(mut order) = done.map(place).collect::<Option<Vec<_>>>() else { return false };
    order.sort_unstable();
    let (mut machine, mut latest) = (Machine::new(calls), 0);
    order.into_iter().all(|(.., id)| {
        let call = &calls.all[id as usize];
        latest = latest.max(call.begin);
        call.end > latest && machine.step(call).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::{cases, on_some};
    use crate::linearizability::small::long;
    use std::cell::Cell;

    /// The search is slow on them, so that there are fewer by so much.
    const SHARE: u32 = 8;

    /// What needs no search says what the search says, on some forty operations.
    fn agrees(workload: &'static str, timed: bool) {
        let (order, none, all) = (Cell::new(0), Cell::new(0), Cell::new(0));
        on_some(cases() / SHARE, long(workload), |history| {
            all.set(all.get() + 1);
            let mut calls = Calls::read(history, None)?;
            if !timed {
                calls.forget_time();
            }
            let mut steps = 3_000;
            let ids = (0..calls.all.len() as u32).collect();
            let searched = searched(&calls, ids, &mut steps);
            let mut steps = 3_000;
            let decide = if timed { decide } else { decide_sequential };
            match (decide(&calls, &mut steps), searched) {
                (_, Decision::GaveUp) | (Decision::GaveUp, _) => {}
                (Decision::Order, Decision::Order) => order.set(order.get() + 1),
                (Decision::None(_), Decision::None(_)) => none.set(none.get() + 1),
                (one, other) => return Err(format!("{one:?}, by search {other:?}")),
            }
            Ok(())
        });
        let (order, none, all) = (order.get(), none.get(), all.get());
        println!("{workload:10} {order:5} in order {none:5} not, of {all}");
        assert!(order.min(none) * 50 > all || all < 200, "{workload} is lopsided");
    }

    #[test]
    fn registers_need_no_search() {
        agrees("register", true);
        agrees("register", false);
    }

    #[test]
    fn sets_need_no_search() {
        agrees("set", true);
        agrees("set", false);
    }

    #[test]
    fn queues_need_no_search() {
        agrees("queue", true);
    }
}
