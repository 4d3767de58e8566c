//! Atomic broadcast among liars, as an engine (Correia, Neves & Veríssimo 2006, section 6).
//!
//! ```text
//! To A-broadcast m:    R-broadcast (message, m)
//! While something is R-delivered and not A-delivered, or a vector was proposed to agreement a:
//!    X := vector consensus a on the hashes of what is R-delivered and not A-delivered
//!    wait for every message whose hash is in f + 1 cells of X
//!    A-deliver them in the order of their hashes;  a := a + 1
//! ```
//!
//! Assumes n > 3f and reliable broadcast. Of f + 1 cells one is of a node that does not lie: it has
//! the message, and so will all. A message that all have is in the cells of all that do not lie, and
//! n − 2f > f of them are in any vector. Hashes that only liars name are in no f + 1 cells.
//! Departs from the source: a node takes part in an agreement, with no hash if it has none, as soon
//! as it R-delivers a proposal to it. The agreements of the past are kept for ever, as a node that
//! is late may need their last round; so are the hashes of what is A-delivered.

use crate::byzantine::correia::reliable::Placed;
use crate::byzantine::correia::vector::{self, Entries, Vector};
use crate::byzantine::correia::{Agreement, Outcome, Rules};
use crate::byzantine::keys::{Digest, digest};
use pepperland_core::id::NodeId;
use pepperland_core::seed::Stream;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The hashes that a node proposes.
pub type Hashes = Vec<Digest>;

/// What is broadcast.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Part<M> {
    /// A message.
    Message(M),
    /// Of the agreement on what comes next.
    Next {
        /// The how-manieth agreement, from 0.
        agreement: u64,
        /// The part.
        part: vector::Part<Hashes>,
    },
}

/// Where a part belongs.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Place<P, Q> {
    /// A message.
    Message(P),
    /// Something of an agreement.
    Next(u64, Q),
}

impl<M: Placed> Placed for Part<M> {
    type Place = Place<M::Place, <vector::Part<Hashes> as Placed>::Place>;

    fn place(&self, origin: NodeId) -> Option<Self::Place> {
        match self {
            Part::Message(m) => m.place(origin).map(Place::Message),
            Part::Next { agreement, part } => {
                part.place(origin).map(|place| Place::Next(*agreement, place))
            }
        }
    }
}

/// What comes of what was R-delivered.
#[derive(Clone, Debug)]
pub struct Does<M> {
    /// What is broadcast, in order.
    pub say: Vec<Part<M>>,
    /// What is A-delivered, and from whom, in order.
    pub delivered: Vec<(NodeId, M)>,
    /// How many multivalued agreements it took to agree on each vector.
    pub turns: Vec<u32>,
}

impl<M> Default for Does<M> {
    fn default() -> Does<M> {
        Does { say: Vec::new(), delivered: Vec::new(), turns: Vec::new() }
    }
}

/// Atomic broadcast at one node.
pub struct Atomic<M> {
    rules: Rules,
    /// R-delivered and not A-delivered.
    pending: BTreeMap<Digest, (NodeId, M)>,
    delivered: BTreeSet<Digest>,
    agreements: BTreeMap<u64, Vector<Hashes>>,
    /// The agreements to which a proposal was heard, from the current one on.
    called: BTreeSet<u64>,
    /// The current agreement.
    current: u64,
    has_proposed: bool,
    /// What it says comes next, once it is decided.
    next: Option<BTreeSet<Digest>>,
}

impl<M: Placed + Serialize> Atomic<M> {
    /// A node that has heard of nothing.
    pub fn new(rules: Rules) -> Atomic<M> {
        Atomic {
            rules,
            pending: BTreeMap::new(),
            delivered: BTreeSet::new(),
            agreements: BTreeMap::new(),
            called: BTreeSet::new(),
            current: 0,
            has_proposed: false,
            next: None,
        }
    }

    /// On R-deliver of a part from its origin.
    pub fn upon(&mut self, origin: NodeId, part: Part<M>, coin: &mut Stream) -> Does<M> {
        let mut does = Does::default();
        match part {
            Part::Message(m) => self.keep(origin, m),
            Part::Next { agreement, part } => {
                if matches!(part, vector::Part::Init(_)) && agreement >= self.current {
                    self.called.insert(agreement);
                }
                let outcome = self.agreement(agreement).upon(origin, part, coin);
                self.take(agreement, outcome, &mut does);
            }
        }
        self.advance(coin, &mut does);
        does
    }

    fn keep(&mut self, origin: NodeId, m: M) {
        let hash = digest(&(origin, &m));
        if !self.delivered.contains(&hash) {
            self.pending.insert(hash, (origin, m));
        }
    }

    fn agreement(&mut self, number: u64) -> &mut Vector<Hashes> {
        let rules = self.rules;
        self.agreements.entry(number).or_insert_with(|| Vector::new(rules))
    }

    fn take(
        &mut self,
        agreement: u64,
        outcome: Outcome<vector::Part<Hashes>, Entries<Hashes>>,
        does: &mut Does<M>,
    ) {
        does.say.extend(outcome.say.into_iter().map(|part| Part::Next { agreement, part }));
        if let Some(vector) = outcome.decided {
            does.turns.push(self.agreement(agreement).turns());
            self.next = Some(self.often_named(&vector));
        }
    }

    /// The hashes that stand in enough cells.
    fn often_named(&self, vector: &Entries<Hashes>) -> BTreeSet<Digest> {
        let cells: Vec<BTreeSet<Digest>> =
            vector.iter().flatten().map(|cell| cell.iter().copied().collect()).collect();
        let needed = if self.rules.planted.one_cell { 1 } else { self.rules.f + 1 };
        let often =
            |hash: &Digest| cells.iter().filter(|cell| cell.contains(hash)).count() >= needed;
        cells.iter().flatten().copied().filter(often).collect()
    }

    /// Proposes what is here, and delivers what is agreed, as far as it goes.
    fn advance(&mut self, coin: &mut Stream, does: &mut Does<M>) {
        loop {
            let is_called = self.called.contains(&self.current) || !self.pending.is_empty();
            if !self.has_proposed && is_called {
                self.has_proposed = true;
                let (current, hashes) = (self.current, self.pending.keys().copied().collect());
                let outcome = self.agreement(current).propose(hashes, coin);
                self.take(current, outcome, does);
            }
            if !self.deliver_next(does) {
                return;
            }
        }
    }

    /// Delivers what the current agreement decided, once all of it is here; whether it did.
    fn deliver_next(&mut self, does: &mut Does<M>) -> bool {
        let is_here =
            |hash: &Digest| self.delivered.contains(hash) || self.pending.contains_key(hash);
        let Some(next) = self.next.take_if(|next| next.iter().all(is_here)) else { return false };
        for hash in next {
            if let Some(message) = self.pending.remove(&hash) {
                self.delivered.insert(hash);
                does.delivered.push(message);
            }
        }
        self.called.remove(&self.current);
        self.current += 1;
        self.has_proposed = false;
        true
    }
}
