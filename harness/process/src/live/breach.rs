//! Breaches of the line protocol: told in the history, a few of each kind for each node.

use crate::live::world::World;
use crate::wire::Breach;
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// How often a node has done what.
pub type Told = BTreeMap<Breach, u64>;

/// So many breaches of one kind are told of one node.
const TOLD: u64 = 5;

impl World<'_> {
    /// A node has broken the protocol.
    pub fn breach(&mut self, node: NodeId, breach: Breach, text: &str) {
        let count = self.nodes[node.index()].told.entry(breach).or_default();
        *count += 1;
        if *count > TOLD {
            return;
        }
        self.recorder.breach(self.now, node, breach.word(), text);
    }

    /// How many breaches there were beyond those that were told.
    pub fn tell_of_the_rest(&mut self) {
        for index in 0..self.nodes.len() {
            let node = &self.nodes[index];
            let more = |(breach, count): (&Breach, &u64)| {
                count.checked_sub(TOLD).filter(|more| *more > 0).map(|more| (*breach, more))
            };
            let rest: Vec<_> = node.told.iter().filter_map(more).collect();
            let id = node.id;
            for (breach, more) in rest {
                let text = format!("{more} more of the same");
                self.recorder.breach(self.now, id, breach.word(), &text);
            }
        }
    }
}

/// The beginning of what a node wrote, to be shown.
pub fn shown(line: &[u8]) -> String {
    const MOST: usize = 120;
    let text = String::from_utf8_lossy(&line[..line.len().min(4 * MOST)]);
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    shown
}
