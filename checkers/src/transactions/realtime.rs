//! Which transaction had ended when another began.

use crate::transactions::graph::{Edge, Edges, TIME};
use crate::transactions::txns::{Fate, OPEN, Txns};
use pepperland_core::collections::Map;

/// Adds that what ended before something began comes before it, and that each client does one
/// thing after another. O(n log n): a chain of junctions stands for what had ended so far.
pub fn add_time(txns: &Txns, edges: &mut Edges) {
    let living = || txns.ids().filter(|id| txns.fate(*id) != Fate::Failed);
    let mut ends: Vec<(u64, u32)> = living()
        .map(|id| (txns.all[id as usize].end, id))
        .filter(|(end, _)| *end != OPEN)
        .collect();
    let mut begins: Vec<(u64, u32)> =
        living().map(|id| (txns.all[id as usize].begin, id)).collect();
    ends.sort_unstable();
    begins.sort_unstable();
    let (mut ended, mut junction) = (ends.into_iter().peekable(), None);
    for (begin, id) in begins {
        let mut fresh = None;
        while let Some((_, before)) = ended.next_if(|(end, _)| *end < begin) {
            let fresh = *fresh.get_or_insert_with(|| edges.junction());
            edges.add(Edge::plain(before, fresh, TIME));
        }
        if let (Some(fresh), Some(old)) = (fresh, junction) {
            edges.add(Edge::plain(old, fresh, TIME));
        }
        junction = fresh.or(junction);
        if let Some(junction) = junction {
            edges.add(Edge::plain(junction, id, TIME));
        }
    }
    let mut before: Map<u32, u32> = Map::default();
    for id in living() {
        if let Some(before) = before.insert(txns.all[id as usize].client, id) {
            edges.add(Edge::plain(before, id, TIME));
        }
        if txns.fate(id) == Fate::Unknown {
            // Whoever waits for an answer asks for nothing more: this is another by the same name.
            before.remove(&txns.all[id as usize].client);
        }
    }
}
