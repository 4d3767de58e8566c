//! What a node has of the numbered messages that each member multicasts: which it has delivered,
//! which came too early, which others speak of and it has not. Messages are kept for those who
//! miss them until they are discarded.

use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// The name of a message: who multicast it, and its number among that node's, from 0.
pub type Name = (NodeId, u64);

/// How many messages one negative acknowledgement asks for at most.
const MOST: usize = 64;

/// The streams of the members of one group.
pub struct Streams<M> {
    members: BTreeMap<NodeId, Stream<M>>,
}

/// The messages of one member.
struct Stream<M> {
    /// How many are delivered. The number of the last, R, is one less: at first −1.
    delivered: u64,
    /// How many there are as far as anybody has said.
    told: u64,
    /// The hold-back queue, and what is delivered and kept for others.
    kept: BTreeMap<u64, M>,
}

impl<M: Clone> Streams<M> {
    /// Nothing yet from any of these members; there never is anything from others.
    pub fn of(members: &[NodeId]) -> Streams<M> {
        let nothing = || Stream { delivered: 0, told: 0, kept: BTreeMap::new() };
        Streams { members: members.iter().map(|q| (*q, nothing())).collect() }
    }

    /// Somebody says that q has multicast so many.
    pub fn hear(&mut self, q: NodeId, told: u64) {
        if let Some(stream) = self.members.get_mut(&q) {
            stream.told = stream.told.max(told);
        }
    }

    /// A message has come; one that was delivered before is dropped.
    pub fn put(&mut self, (q, number): Name, m: M) {
        self.hear(q, number.saturating_add(1));
        if let Some(stream) = self.members.get_mut(&q).filter(|s| number >= s.delivered) {
            stream.kept.insert(number, m);
        }
    }

    /// The message of q that is to be delivered now, if it is here. It is kept.
    pub fn deliver_next(&mut self, q: NodeId) -> Option<M> {
        let stream = self.members.get_mut(&q)?;
        let m = stream.kept.get(&stream.delivered)?.clone();
        stream.delivered += 1;
        Some(m)
    }

    /// How many messages of each member are delivered.
    pub fn delivered(&self) -> impl Iterator<Item = (NodeId, u64)> {
        self.members.iter().map(|(q, stream)| (*q, stream.delivered))
    }

    /// What others speak of and is not here; the first few.
    pub fn missing(&self) -> Vec<Name> {
        let missing = self.members.iter().flat_map(|(q, stream)| {
            let numbers = stream.delivered..stream.told;
            numbers.filter(|n| !stream.kept.contains_key(n)).map(|n| (*q, n))
        });
        missing.take(MOST).collect()
    }

    /// A message, if it is kept.
    pub fn get(&self, (q, number): Name) -> Option<&M> {
        self.members.get(&q)?.kept.get(&number)
    }

    /// Keeps the first messages of q, so many, no longer.
    pub fn discard(&mut self, q: NodeId, first: u64) -> impl Iterator<Item = M> {
        let kept = self.members.get_mut(&q).map(|stream| {
            let later = stream.kept.split_off(&first.min(stream.delivered));
            std::mem::replace(&mut stream.kept, later)
        });
        kept.into_iter().flat_map(BTreeMap::into_values)
    }
}
