//! Probabilistic concurrency testing for message passing (Ozkan, Majumdar, Niksic, Tabaei Befrouei
//! & Weissenbacher, *Randomized Testing of Distributed Systems with Probabilistic Guarantees*,
//! OOPSLA 2018). The causal order of frames is partitioned into chains, each chain has a random
//! priority, and at d - 1 random frames the chain that the frame is in falls behind all others. A
//! bug that d frames in the wrong order bring about, among n that the network lets arrive in any
//! order, is found with a chance of at least 1 in (chains · n^(d - 1)).
//!
//! A priority is a part of the network's window: the highest take the least latency. Where frames
//! are sent too far apart for their windows to meet, the network alone decides, and so it should.

use super::chains::Chains;
use super::{Draw, Scheduler, Sending};
use pepperland_core::time::Span;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Chains with priorities, which change at a few frames.
pub struct Pctcp {
    draw: Draw,
    depth: u32,
    changes: Vec<u64>,
    chains: Chains,
    /// The chains that have fallen behind, and how far.
    behind: BTreeMap<u32, u32>,
    frames: u64,
}

/// The part of the window that is left to chains which have fallen behind.
const LAST: u32 = u32::MAX / 8;

impl Pctcp {
    pub fn new(draw: Draw, depth: u32, among: u32) -> Pctcp {
        let changes = draw.places(depth - 1, among);
        let (chains, behind) = (Chains::default(), BTreeMap::new());
        Pctcp { draw, depth, changes, chains, behind, frames: 0 }
    }

    /// How far from the least latency the frames of a chain arrive.
    fn part(&self, chain: u32) -> u32 {
        match self.behind.get(&chain) {
            Some(rank) => {
                let step = LAST / self.changes.len().max(1) as u32;
                u32::MAX - LAST + step * (rank + 1)
            }
            None => {
                let drawn = self.draw.stream(u64::from(chain)).bits() as u32;
                ((u64::from(drawn) * u64::from(u32::MAX - LAST)) >> 32) as u32
            }
        }
    }
}

impl Scheduler for Pctcp {
    fn latency(&mut self, sending: &Sending) -> Span {
        self.frames += 1;
        let chain = self.chains.add(sending.id, sending.cause);
        if let Some(rank) = self.changes.iter().position(|at| *at == self.frames) {
            self.behind.insert(chain, rank as u32);
        }
        self.draw.bounds.at(self.part(chain))
    }

    fn told(&self) -> Option<Value> {
        Some(json!({"depth": self.depth, "chains": self.chains.count(), "frames": self.frames}))
    }
}
