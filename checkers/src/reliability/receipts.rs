//! Who received what, and when: by broadcasting it, by delivering it, or in a frame that names it.

use crate::scene::Scene;
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind, NONE};

/// Calls `each` with every receipt of a message at a node that does not lie: event, node, message.
pub fn each(scene: &Scene<'_>, mut each: impl FnMut(u32, u32, u32)) {
    let columns = scene.history.kinds().iter().zip(scene.history.nodes()).enumerate();
    for (event, (kind, node)) in columns {
        if scene.case.byzantine.get(*node as usize) != Some(&false) {
            continue;
        }
        let event = event as u32;
        match kind {
            Kind::Broadcast | Kind::Deliver | Kind::OptDeliver | Kind::Safe => {
                let row = scene.history.messages()[event as usize];
                if row != NONE {
                    each(event, *node, row);
                }
            }
            Kind::Recv => {
                let rows = scene.history.event(EventId(event)).transmission();
                let rows = rows.map_or(&[][..], |frame| &frame.messages);
                rows.iter().for_each(|row| each(event, *node, *row));
            }
            _ => {}
        }
    }
}

/// The first frame that brought a message to a node. O(events): for witnesses only.
pub fn frame(scene: &Scene<'_>, node: u32, row: u32) -> Option<u32> {
    let mut first = None;
    each(scene, |event, at, brought| {
        let frame = scene.history.kinds()[event as usize] == Kind::Recv;
        if frame && first.is_none() && (at, brought) == (node, row) {
            first = Some(event);
        }
    });
    first
}

/// The first receipt of each message at each node.
pub struct Receipts {
    first: Map<(u32, u32), u32>,
    /// For each node the first frame to it that names a message: from then on it is known that its
    /// receipts are recorded.
    recorded: Vec<Option<u32>>,
}

impl Receipts {
    /// Those of a scene. O(events).
    pub fn of(scene: &Scene<'_>) -> Receipts {
        let mut first = Map::default();
        let mut recorded = vec![None; scene.history.node_count()];
        each(scene, |event, node, row| {
            first.entry((node, row)).or_insert(event);
            if scene.history.kinds()[event as usize] == Kind::Recv {
                recorded[node as usize].get_or_insert(event);
            }
        });
        Receipts { first, recorded }
    }

    /// When the node first received the message.
    pub fn first(&self, node: u32, row: u32) -> Option<u32> {
        self.first.get(&(node, row)).copied()
    }

    /// The event that shows that what the network brings to the node is recorded.
    pub fn recorded(&self, node: u32) -> Option<u32> {
        self.recorded[node as usize]
    }
}
