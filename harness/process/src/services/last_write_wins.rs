//! `lww-kv`: several replicas, any of which answers; what one of them holds the others come to hold
//! some time later, and of two values of a key the one with the later timestamp stays.
//!
//! Weak on purpose: a replica's clock is a Lamport clock that counts its own changes, so one that
//! has heard little stamps a new value older than an old one elsewhere, and the new one is lost.

use super::Body;
use super::key_value::{Key, Request};
use pepperland_core::seed::Stream;
use pepperland_core::time::{Span, Time};
use serde_json::Value;
use std::collections::BTreeMap;

const REPLICAS: usize = 5;
/// So often one replica, any, tells another all that it holds.
const GOSSIP: Span = Span::millis(5);
/// After a long silence so many exchanges are made up for.
const MADE_UP_FOR: u64 = 100;

/// An eventually consistent store.
pub struct LastWriteWins {
    replicas: [Replica; REPLICAS],
    next_gossip: Time,
    stream: Stream,
}

#[derive(Clone, Default)]
struct Replica {
    clock: u64,
    values: BTreeMap<Key, Stamped>,
    /// How often what it holds has changed.
    changes: u64,
    /// How often what each other holds had changed when that was last heard.
    heard: [u64; REPLICAS],
}

#[derive(Clone)]
struct Stamped {
    /// The clock of the replica that stored it, and which that was.
    stamp: (u64, usize),
    value: Value,
}

impl LastWriteWins {
    /// An empty store, which chooses replicas from this stream.
    pub fn new(stream: Stream) -> LastWriteWins {
        let replicas = std::array::from_fn(|_| Replica::default());
        LastWriteWins { replicas, next_gossip: Time::ZERO + GOSSIP, stream }
    }

    /// The answer to a request.
    pub fn answer(&mut self, now: Time, request: &Request) -> Body {
        self.gossip(now);
        let place = self.stream.below(REPLICAS as u64) as usize;
        let replica = &mut self.replicas[place];
        let current = replica.values.get(&request.key).map(|stamped| &stamped.value);
        let outcome = request.outcome(current);
        if let Some(value) = outcome.put {
            replica.clock += 1;
            replica.changes += 1;
            let stamp = (replica.clock, place);
            replica.values.insert(request.key.clone(), Stamped { stamp, value });
        }
        outcome.answer
    }

    /// The exchanges that have become due.
    fn gossip(&mut self, now: Time) {
        let earliest = Time(now.0.saturating_sub(GOSSIP.0 * MADE_UP_FOR));
        self.next_gossip = Time(self.next_gossip.0.max(earliest.0));
        while self.next_gossip <= now {
            self.next_gossip += GOSSIP;
            let from = self.stream.below(REPLICAS as u64) as usize;
            let other = self.stream.between(1, REPLICAS as u64 - 1) as usize;
            self.tell(from, (from + other) % REPLICAS);
        }
    }

    fn tell(&mut self, from: usize, to: usize) {
        if self.replicas[to].heard[from] == self.replicas[from].changes {
            return;
        }
        let mut hearer = std::mem::take(&mut self.replicas[to]);
        hearer.hear(from, &self.replicas[from]);
        self.replicas[to] = hearer;
    }
}

impl Replica {
    fn hear(&mut self, from: usize, teller: &Replica) {
        self.heard[from] = teller.changes;
        self.clock = self.clock.max(teller.clock);
        for (key, told) in &teller.values {
            let held = self.values.get(key);
            if held.is_none_or(|held| held.stamp < told.stamp) {
                self.values.insert(key.clone(), told.clone());
                self.changes += 1;
            }
        }
    }
}
