//! Which messages a node may do without, because it installed a snapshot after they were broadcast.

use crate::scene::Scene;
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;

/// The key of the last snapshot that each node installed.
pub struct Snapshots(Map<u32, u64>);

impl Snapshots {
    /// Those of the scene. O(events).
    pub fn of(scene: &Scene<'_>) -> Snapshots {
        let mut last = Map::default();
        let kinds = scene.history.kinds().iter().enumerate();
        for (event, _) in kinds.filter(|(_, kind)| **kind == Kind::StateSet) {
            let here = last.entry(scene.history.nodes()[event]).or_default();
            *here = scene.start_key(event as u32).max(*here);
        }
        Snapshots(last)
    }

    /// Whether a snapshot may hold the message.
    pub fn excuse(&self, scene: &Scene<'_>, node: u32, row: u32) -> bool {
        let Some(last) = self.0.get(&node) else { return false };
        scene.broadcast(row).is_none_or(|broadcast| scene.key(broadcast.0) <= *last)
    }
}
