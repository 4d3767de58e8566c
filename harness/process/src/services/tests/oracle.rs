//! What a store of a single copy does, and whether some order of what everybody did explains it.

use super::{Op, Seen};
use std::collections::{BTreeMap, BTreeSet};

/// Keys and values.
pub type Store = BTreeMap<u8, u8>;

/// What a single copy answers.
pub fn act(store: &mut Store, op: &Op) -> Seen {
    match *op {
        Op::Read(key) => store.get(&key).map_or(Seen::Missing, |value| Seen::Value(*value)),
        Op::Write(key, value) => {
            store.insert(key, value);
            Seen::Done
        }
        Op::Cas { key, from, to, creates } => match store.get(&key) {
            None if !creates => Seen::Missing,
            Some(value) if *value != from => Seen::Differs,
            _ => {
                store.insert(key, to);
                Seen::Done
            }
        },
    }
}

/// What each client did, one thing after the other, and saw.
pub type Sessions = Vec<Vec<(Op, Seen)>>;

/// Whether some interleaving of the sessions is what a single copy would have answered. Tries all.
pub fn is_sequentially_consistent(sessions: &Sessions) -> bool {
    let start = (vec![0; sessions.len()], Store::new());
    let mut reached = BTreeSet::from([start.clone()]);
    let mut open = vec![start];
    while let Some((places, store)) = open.pop() {
        let mut ended = true;
        for (client, session) in sessions.iter().enumerate() {
            let Some((op, seen)) = session.get(places[client]) else { continue };
            ended = false;
            let mut after = (places.clone(), store.clone());
            after.0[client] += 1;
            if act(&mut after.1, op) == *seen && reached.insert(after.clone()) {
                open.push(after);
            }
        }
        if ended {
            return true;
        }
    }
    false
}

#[test]
fn the_oracle_tells_past_states_from_going_back() {
    let wrote = (Op::Write(0, 1), Seen::Done);
    let (sees, misses) = ((Op::Read(0), Seen::Value(1)), (Op::Read(0), Seen::Missing));
    let late = vec![vec![wrote.clone()], vec![misses.clone(), sees.clone()]];
    assert!(is_sequentially_consistent(&late));
    let back = vec![vec![wrote.clone()], vec![sees, misses.clone()]];
    assert!(!is_sequentially_consistent(&back));
    let own = vec![vec![wrote, misses]];
    assert!(!is_sequentially_consistent(&own));
}
