//! Changes of the sequencer, as the servers that do not lie record them.

use crate::byzantine::roles::Roles;
use crate::scene::Scene;
use pepperland_core::history::{Kind, NONE};
use serde_json::Value;
use std::ops::Range;

/// A server becomes the sequencer.
#[derive(Copy, Clone, Debug)]
pub struct Change {
    /// Its `lead`.
    pub event: u32,
    /// Its place among the servers.
    pub place: usize,
    /// The epoch it states.
    pub epoch: Option<u64>,
}

/// All of them, in order: by line, or by time. A server that says once more that it leads makes no
/// change.
pub struct Changes {
    /// Each server that is another than the one before.
    pub all: Vec<Change>,
}

impl Changes {
    /// Those of the history. O(events + changes · log changes).
    pub fn of(scene: &Scene<'_>, roles: &Roles) -> Changes {
        let mut places = vec![None; scene.history.node_count()];
        for (place, server) in roles.servers.iter().enumerate() {
            places[*server as usize].get_or_insert(place);
        }
        let leads = scene.history.events().filter(|event| event.kind() == Kind::Lead);
        let mut all: Vec<Change> = leads
            .filter_map(|event| {
                let node = event.node().map_or(NONE, |node| node.0) as usize;
                let honest = scene.case.byzantine.get(node) == Some(&false);
                let place = places.get(node).copied().flatten().filter(|_| honest)?;
                let epoch = event.field("epoch").and_then(Value::as_u64);
                Some(Change { event: event.id.0, place, epoch })
            })
            .collect();
        all.sort_by_key(|change| scene.key(change.event));
        all.dedup_by_key(|change| change.place);
        Changes { all }
    }

    /// The changes that surely came after one event and before the other, if there is another. The
    /// first of all is none if it is the first server's.
    pub fn between(&self, scene: &Scene<'_>, after: u32, before: Option<u32>) -> Range<usize> {
        let error = scene.clock_error();
        let (low, key) = (scene.key(after).saturating_add(error), |c: &Change| scene.key(c.event));
        let from = self.all.partition_point(|change| key(change) <= low);
        let until = before.map_or(self.all.len(), |before| {
            let high = scene.key(before);
            self.all.partition_point(|change| key(change).saturating_add(error) < high)
        });
        let initial = usize::from(self.all.first().is_some_and(|first| first.place == 0));
        from.max(initial)..until
    }
}
