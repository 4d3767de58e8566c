//! How many messages each link has carried.

use pepperland_core::collections::Map;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Transit;

/// Up to this many nodes, the counts are a table; beyond, only links in use have one.
const TABLE: usize = 256;

/// Counts the messages of each link.
pub enum LinkCounts {
    Table { nodes: usize, counts: Vec<u32> },
    Sparse(Map<(u32, u32), u32>),
}

impl LinkCounts {
    pub fn new(nodes: usize) -> LinkCounts {
        match nodes <= TABLE {
            true => LinkCounts::Table { nodes, counts: vec![0; nodes * nodes] },
            false => LinkCounts::Sparse(Map::default()),
        }
    }

    /// The next message from one node to the other.
    pub fn next(&mut self, from: NodeId, to: NodeId) -> Transit {
        let count = match self {
            LinkCounts::Table { nodes, counts } => &mut counts[from.index() * *nodes + to.index()],
            LinkCounts::Sparse(counts) => counts.entry((from.0, to.0)).or_default(),
        };
        *count += 1;
        Transit::of_payload(from, to, *count)
    }
}
