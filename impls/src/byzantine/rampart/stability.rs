//! What each member has, in one view, as an engine: who lacks something is sent it, what all have
//! needs no flush, and who says nothing is silent (after Reiter 1994, section 4: *stability*).
//!
//! ```text
//! Every period:        send (have, how many I have R-delivered of each member) to all;
//!                      to each member that lacks what I had a period ago: the commits, once
//! ```
//!
//! What a liar says that it has concerns itself alone: it is sent less, and all members say of what
//! needs no flush that they have it.

use pepperland_core::id::NodeId;
use std::collections::BTreeMap;
use std::ops::Range;

/// What one node knows of what the others have.
pub struct Stability {
    /// What this node had a period ago, by rank.
    had: Vec<u64>,
    others: BTreeMap<NodeId, Other>,
}

struct Other {
    /// How many it says that it has R-delivered of each member, by rank.
    has: Vec<u64>,
    /// Up to where it was sent them.
    sent: Vec<u64>,
    /// When it last said so.
    heard: u64,
}

impl Stability {
    /// In a view in which nothing was said, at its beginning.
    pub fn new(me: NodeId, members: &[NodeId]) -> Stability {
        let none = vec![0; members.len()];
        let other = || Other { has: none.clone(), sent: none.clone(), heard: 0 };
        let others = members.iter().filter(|member| **member != me);
        Stability { had: none.clone(), others: others.map(|member| (*member, other())).collect() }
    }

    /// A member says what it has. It may have said more before: messages overtake each other.
    pub fn upon_have(&mut self, from: NodeId, got: &[u64], tick: u64) {
        let Some(other) = self.others.get_mut(&from) else { return };
        if got.len() == other.has.len() {
            other.heard = tick;
            other.has.iter_mut().zip(got).for_each(|(has, got)| *has = (*has).max(*got));
        }
    }

    /// A period is over, at whose end this node has this much: whom to send which multicasts of
    /// the members by their rank.
    pub fn lacking(&mut self, got: &[u64]) -> Vec<(NodeId, usize, Range<u64>)> {
        let mut lacking = Vec::new();
        for (member, other) in &mut self.others {
            for (rank, had) in self.had.iter().enumerate() {
                let from = other.has[rank].max(other.sent[rank]);
                if from < *had {
                    other.sent[rank] = *had;
                    lacking.push((*member, rank, from..*had));
                }
            }
        }
        self.had = got.to_vec();
        lacking
    }

    /// How many of one member's multicasts all others have.
    pub fn stable(&self, rank: usize) -> u64 {
        self.others.values().map(|other| other.has[rank]).min().unwrap_or(u64::MAX)
    }

    /// Who has said nothing since before this tick.
    pub fn silent_since(&self, tick: u64) -> impl Iterator<Item = NodeId> {
        let silent = self.others.iter().filter(move |(_, other)| other.heard < tick);
        silent.map(|(member, _)| *member)
    }
}
