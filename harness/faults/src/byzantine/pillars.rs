//! Which node deliveries rest on: whoever sent a frame that a delivery came of, one before the
//! other, up to the multicast. Where one node orders or leads, that is the node.

use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// A node that most deliveries rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Pillar {
    pub node: NodeId,
    /// When it sent what they rest on, before the heal.
    pub moments: Vec<Time>,
}

/// How many frames of one delivery are looked at: a token goes round for ever.
const DEEPEST: usize = 32;

/// The nodes that most deliveries of others rest on; one, but for ties. Of a run that tells of its
/// frames. O(deliveries × the frames that each rests on).
pub fn pillars(history: &History, heal_at: Time) -> Vec<Pillar> {
    let mut resting: BTreeMap<NodeId, (u64, BTreeSet<Time>)> = BTreeMap::new();
    for delivery in history.events().filter(|event| event.kind() == Kind::Deliver) {
        let mut senders = BTreeSet::new();
        for send in support(history, delivery.id) {
            let Some(node) = send.node().filter(|node| Some(*node) != delivery.node()) else {
                continue;
            };
            let (count, moments) = resting.entry(node).or_default();
            *count += u64::from(senders.insert(node));
            moments.extend(Some(send.time()).filter(|at| *at < heal_at));
        }
    }
    resting.retain(|_, (_, moments)| !moments.is_empty());
    let most = resting.values().map(|(count, _)| *count).max();
    let most = resting.into_iter().filter(|(_, (count, _))| Some(*count) == most);
    most.map(|(node, (_, moments))| Pillar { node, moments: moments.into_iter().collect() })
        .collect()
}

/// The frames that a delivery came of, the last first.
fn support(history: &History, delivery: EventId) -> impl Iterator<Item = Event<'_>> {
    let before = |event: &Event<'_>| {
        let cause = event.causes().first()?;
        (event.kind() != Kind::Broadcast).then(|| history.event(*cause))
    };
    let chain = std::iter::successors(Some(history.event(delivery)), before);
    chain.filter(|event| event.kind() == Kind::Send).take(DEEPEST)
}
