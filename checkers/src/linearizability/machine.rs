//! Sequential objects that can take steps back.

use crate::linearizability::calls::{Action, Call, Calls, Taken};
use crate::linearizability::models::Model;
use crate::linearizability::values::{Datum, NOTHING};
use pepperland_core::collections::Map;
use std::collections::VecDeque;

/// The state of an object.
pub struct Machine {
    state: State,
    /// Of the state, without what the set of the operations so far tells.
    fingerprint: u128,
}

enum State {
    /// The value of each register.
    Registers(Vec<Datum>),
    Counter(i128),
    /// How often each element was added, the fingerprint of those that are there, and how many
    /// and which each list holds.
    Set {
        added: Map<Datum, u32>,
        seen: u128,
        lists: Vec<(usize, u128)>,
    },
    /// The items, and how many were taken before.
    Queue(VecDeque<Datum>, u64),
    Stack(Vec<Datum>),
}

/// How a step is taken back.
#[derive(Copy, Clone, Debug)]
pub enum Back {
    /// Nothing has changed.
    Nothing,
    /// The register held this.
    Held(Datum),
    /// So much was added.
    Counted(i64),
    /// The element was added.
    Inserted,
    /// An item was put.
    Put,
    /// This item was taken.
    Took(Datum),
}

impl Machine {
    /// The object before the first operation.
    pub fn new(calls: &Calls) -> Machine {
        let items = &calls.initial.items;
        let state = match calls.model {
            Model::Registers => State::Registers(calls.keys.iter().map(|k| k.initial).collect()),
            Model::Counter => State::Counter(calls.initial.sum),
            Model::Set => State::Set {
                added: Map::default(),
                seen: 0,
                lists: calls.lists.iter().map(|list| (list.len(), fingerprint(list))).collect(),
            },
            Model::Queue => State::Queue(items.iter().copied().collect(), 0),
            Model::Stack => State::Stack(items.clone()),
        };
        let mut machine = Machine { state, fingerprint: 0 };
        if calls.model == Model::Set {
            items.iter().for_each(|item| machine.insert(*item));
        }
        machine
    }

    /// Whether the operation is possible here and changes nothing.
    pub fn only_looks(&self, call: &Call) -> bool {
        match (&self.state, call.action) {
            (State::Registers(held), Action::Read(value)) => held[call.key as usize] == value,
            (State::Registers(held), Action::Cas { from, to, creates: false }) => {
                call.is_done() && from == to && held[call.key as usize] == from
            }
            (State::Counter(sum), Action::Sum(read)) => *sum == i128::from(read),
            (State::Set { added, seen, lists }, Action::Members(list)) => {
                lists[list as usize] == (added.len(), *seen)
            }
            (State::Queue(items, _), Action::Take(Taken::Empty)) => items.is_empty(),
            (State::Stack(items), Action::Take(Taken::Empty)) => items.is_empty(),
            _ => false,
        }
    }

    /// Takes the step if it is possible.
    pub fn step(&mut self, call: &Call) -> Option<Back> {
        if self.only_looks(call) {
            return Some(Back::Nothing);
        }
        match (&mut self.state, call.action) {
            (State::Registers(held), action) => {
                let held = &mut held[call.key as usize];
                let next = match action {
                    Action::Write(value) => value,
                    Action::Cas { from, to, creates } => {
                        let absent = creates && *held == NOTHING;
                        (*held == from || absent).then_some(to)?
                    }
                    _ => return None,
                };
                let before = std::mem::replace(held, next);
                let key = u64::from(call.key);
                self.fingerprint ^= mix(key, before) ^ mix(key, next);
                Some(Back::Held(before))
            }
            (State::Counter(sum), Action::Count(amount)) => {
                *sum += i128::from(amount);
                Some(Back::Counted(amount))
            }
            (State::Set { .. }, Action::Insert(item)) => {
                self.insert(item);
                Some(Back::Inserted)
            }
            (State::Queue(items, taken), Action::Put(item)) => {
                self.fingerprint ^= mix(item, *taken + items.len() as u64);
                items.push_back(item);
                Some(Back::Put)
            }
            (State::Stack(items), Action::Put(item)) => {
                self.fingerprint ^= mix(item, items.len() as u64);
                items.push(item);
                Some(Back::Put)
            }
            (State::Queue(items, taken), Action::Take(what)) => {
                let item = *items.front().filter(|item| may_take(what, **item))?;
                items.pop_front();
                self.fingerprint ^= mix(item, *taken);
                *taken += 1;
                Some(Back::Took(item))
            }
            (State::Stack(items), Action::Take(what)) => {
                let item = *items.last().filter(|item| may_take(what, **item))?;
                items.pop();
                self.fingerprint ^= mix(item, items.len() as u64);
                Some(Back::Took(item))
            }
            _ => None,
        }
    }

    fn insert(&mut self, item: Datum) {
        let State::Set { added, seen, .. } = &mut self.state else { return };
        let times = added.entry(item).or_insert(0);
        *times += 1;
        if *times == 1 {
            *seen ^= mix(item, 0);
        }
    }

    /// Takes the last step back.
    pub fn back(&mut self, call: &Call, back: Back) {
        match (&mut self.state, back, call.action) {
            (State::Registers(held), Back::Held(before), _) => {
                let after = std::mem::replace(&mut held[call.key as usize], before);
                let key = u64::from(call.key);
                self.fingerprint ^= mix(key, before) ^ mix(key, after);
            }
            (State::Counter(sum), Back::Counted(amount), _) => *sum -= i128::from(amount),
            (State::Set { added, seen, .. }, Back::Inserted, Action::Insert(item)) => {
                let times = added.get_mut(&item).map_or(0, |times| {
                    *times -= 1;
                    *times
                });
                if times == 0 {
                    added.remove(&item);
                    *seen ^= mix(item, 0);
                }
            }
            (State::Queue(items, taken), Back::Put, _) => {
                let item = items.pop_back().unwrap_or_default();
                self.fingerprint ^= mix(item, *taken + items.len() as u64);
            }
            (State::Stack(items), Back::Put, _) => {
                let item = items.pop().unwrap_or_default();
                self.fingerprint ^= mix(item, items.len() as u64);
            }
            (State::Queue(items, taken), Back::Took(item), _) => {
                *taken -= 1;
                self.fingerprint ^= mix(item, *taken);
                items.push_front(item);
            }
            (State::Stack(items), Back::Took(item), _) => {
                self.fingerprint ^= mix(item, items.len() as u64);
                items.push(item);
            }
            _ => {}
        }
    }

    /// Of the state, without what the set of the operations so far tells.
    pub fn fingerprint(&self) -> u128 {
        self.fingerprint
    }
}

fn may_take(what: Taken, item: Datum) -> bool {
    match what {
        Taken::Item(wanted) => wanted == item,
        Taken::Unknown => true,
        Taken::Empty => false,
    }
}

fn fingerprint(list: &[Datum]) -> u128 {
    list.iter().fold(0, |all, item| all ^ mix(*item, 0))
}

/// 128 well mixed bits of two numbers, to be joined by exclusive or.
pub fn mix(one: u64, other: u64) -> u128 {
    let spread = |seed: u64| {
        let mut z = one.wrapping_add(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 32)).wrapping_add(other).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 32)
    };
    u128::from(spread(0x5eed)) << 64 | u128::from(spread(0xfeed_5eed_0f0f))
}
