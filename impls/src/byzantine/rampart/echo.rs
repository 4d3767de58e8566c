//! Echo multicast, as an engine (Reiter, *Secure agreement protocols: reliable and atomic group
//! multicast in Rampart*, CCS 1994, section 4).
//!
//! ```text
//! p, to multicast c as its l-th:      send (init, l, digest of c) to all
//! On the first (init, l, d) from p:   send (echo, l, d, signed) to p
//! p, on echoes of Q nodes:            send (commit, p, l, c, the echoes) to all
//! On a valid commit:                  R-deliver c, by p's order of l
//! ```
//!
//! Q = ⌈(2n + 1)/3⌉: two sets of so many share more than (n − 1)/3 nodes, one that does not lie among
//! them, and it signs one digest for each l. A commit proves itself, whoever it comes from.

use crate::byzantine::keys::{Digest, digest};
use crate::byzantine::signatures::{Signed, Signer};
use pepperland_core::contract::Value;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of multicasts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said<C> {
    /// By the origin: it multicasts what has this digest.
    Init {
        /// The how-manieth of its multicasts, from 0.
        number: u64,
        /// The digest.
        hash: Digest,
    },
    /// To the origin: I sign no other digest under this number.
    Echo {
        /// The number.
        number: u64,
        /// The signature.
        signed: Signed,
    },
    /// What was multicast, and who has signed it.
    Commit {
        /// The origin.
        by: NodeId,
        /// The number.
        number: u64,
        /// What was multicast.
        content: C,
        /// Enough signatures.
        echoes: Vec<Signed>,
    },
}

/// What comes of what was heard.
#[derive(Clone, Debug)]
pub struct Heard<C> {
    /// To be sent to the node it came from.
    pub answer: Option<Said<C>>,
    /// To be sent to all.
    pub say: Option<Said<C>>,
    /// R-delivered, with origin and number, in order.
    pub delivered: Vec<(NodeId, u64, C)>,
}

/// Echo multicast at one node.
pub struct EchoMulticast<C> {
    signer: Signer,
    nodes: usize,
    quorum: usize,
    /// How many this node has multicast.
    count: u64,
    /// Of those, the ones that are not committed.
    open: BTreeMap<u64, Open<C>>,
    echoed: BTreeSet<(NodeId, u64)>,
    /// What is committed and waits for what came before it.
    waiting: BTreeMap<(NodeId, u64), C>,
    /// The number of the next delivery of each node.
    next: BTreeMap<NodeId, u64>,
}

struct Open<C> {
    content: C,
    echoes: BTreeMap<NodeId, Signed>,
}

impl<C: Value> EchoMulticast<C> {
    /// A node that has heard of nothing.
    pub fn new(setup: &Setup<'_>) -> EchoMulticast<C> {
        let n = setup.nodes;
        let quorum = if setup.flawed("echo-quorum") { n / 2 + 1 } else { (2 * n + 1).div_ceil(3) };
        EchoMulticast {
            signer: Signer::of(setup),
            nodes: n,
            quorum,
            count: 0,
            open: BTreeMap::new(),
            echoed: BTreeSet::new(),
            waiting: BTreeMap::new(),
            next: BTreeMap::new(),
        }
    }

    /// What to send to all to multicast this.
    pub fn multicast(&mut self, content: C) -> Said<C> {
        let (number, hash) = (self.count, digest(&content));
        self.open.insert(number, Open { content, echoes: BTreeMap::new() });
        self.count += 1;
        Said::Init { number, hash }
    }

    /// On what a node, `me` perhaps, says of a multicast.
    pub fn upon(&mut self, me: NodeId, from: NodeId, said: Said<C>) -> Heard<C> {
        let mut heard = Heard { answer: None, say: None, delivered: Vec::new() };
        match said {
            Said::Init { number, hash } => {
                if self.echoed.insert((from, number)) {
                    let signed = self.signer.sign(&named(from, number, hash));
                    heard.answer = Some(Said::Echo { number, signed });
                }
            }
            Said::Echo { number, signed } => heard.say = self.count_echo(me, from, number, signed),
            Said::Commit { by, number, content, echoes } => {
                if self.is_next_or_later(by, number) && self.proves(by, number, &content, &echoes) {
                    self.waiting.insert((by, number), content);
                    heard.delivered = self.deliver(by);
                }
            }
        }
        heard
    }

    /// Counts an echo of a multicast of this node, and commits it once there are enough.
    fn count_echo(
        &mut self,
        me: NodeId,
        from: NodeId,
        number: u64,
        signed: Signed,
    ) -> Option<Said<C>> {
        let open = self.open.get_mut(&number)?;
        let digest = named(me, number, digest(&open.content));
        if signed.by != from || !self.signer.verify(&signed, &digest) {
            return None;
        }
        open.echoes.insert(from, signed);
        if open.echoes.len() < self.quorum {
            return None;
        }
        let Open { content, echoes } = self.open.remove(&number)?;
        let echoes = echoes.into_values().collect();
        Some(Said::Commit { by: me, number, content, echoes })
    }

    fn is_next_or_later(&self, by: NodeId, number: u64) -> bool {
        by.index() < self.nodes && number >= self.next.get(&by).copied().unwrap_or(0)
    }

    /// Whether enough nodes have signed.
    fn proves(&mut self, by: NodeId, number: u64, content: &C, echoes: &[Signed]) -> bool {
        let digest = named(by, number, digest(content));
        let right = echoes.iter().filter(|signed| self.signer.verify(signed, &digest));
        right.map(|signed| signed.by).collect::<BTreeSet<_>>().len() >= self.quorum
    }

    fn deliver(&mut self, by: NodeId) -> Vec<(NodeId, u64, C)> {
        let next = self.next.entry(by).or_default();
        let mut delivered = Vec::new();
        while let Some(content) = self.waiting.remove(&(by, *next)) {
            delivered.push((by, *next, content));
            *next += 1;
        }
        delivered
    }
}

/// The digest of what is signed.
fn named(by: NodeId, number: u64, hash: Digest) -> Digest {
    digest(&("echo", by, number, hash))
}
