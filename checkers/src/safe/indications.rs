//! What a safe indication vouches for: its message and, in the prefix forms, all that the node had
//! delivered in the view before it.

use crate::membership::snapshots::Snapshots;
use crate::membership::stays::{Stay, Stays, stated_view};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, EventId, Kind, NONE};

/// The reason why there was nothing to judge.
pub const NOTHING: &str = "nobody was told in a view that a message is safe";

/// In a view, a node is told that a message is safe.
#[derive(Copy, Clone, Debug)]
pub struct Indication {
    /// The event.
    pub event: u32,
    /// The message.
    pub row: u32,
    /// Where the node delivered the message in that view, if it had done so before.
    delivery: Option<u32>,
}

/// A message that an indication vouches for.
#[derive(Copy, Clone, Debug)]
pub struct Vouched {
    /// The message.
    pub row: u32,
    /// Where the node that was told had delivered it.
    delivery: u32,
}

/// The first deliveries of a stay, and how many of them were vouched for.
#[derive(Default)]
struct Prior {
    deliveries: Vec<Vouched>,
    done: usize,
    place: Map<u32, usize>,
}

impl Prior {
    fn deliver(&mut self, event: u32, row: u32) {
        let next = self.deliveries.len();
        if *self.place.entry(row).or_insert(next) == next {
            self.deliveries.push(Vouched { row, delivery: event });
        }
    }

    /// What the indication vouches for and no earlier one did, apart from its own message.
    fn vouch(&mut self, prefix: bool, indication: &mut Indication) -> &[Vouched] {
        let Some(place) = self.place.get(&indication.row).copied() else { return &[] };
        indication.delivery = Some(self.deliveries[place].delivery);
        let from = self.done.min(place);
        if !prefix {
            return &[];
        }
        self.done = self.done.max(place + 1);
        &self.deliveries[from.min(place)..place]
    }
}

/// Calls `each` for every indication in a view: with the stay, the indication, and, with `prefix`,
/// the messages before its own for which no earlier indication of the stay vouched. O(events).
pub fn in_order(
    scene: &Scene<'_>,
    stays: &Stays,
    prefix: bool,
    mut each: impl FnMut(&Stay, Indication, &[Vouched]),
) {
    let mut priors: Map<u32, Prior> = Map::default();
    let columns = scene.history.kinds().iter().zip(scene.history.messages()).enumerate();
    for (event, (kind, row)) in columns {
        if !matches!(kind, Kind::Deliver | Kind::Safe) || *row == NONE {
            continue;
        }
        let (event, row, number) = (event as u32, *row, stays.at[event]);
        let Some(stay) = stays.get(number) else { continue };
        let prior = priors.entry(number).or_default();
        if *kind == Kind::Deliver {
            prior.deliver(event, row);
            continue;
        }
        let stated = stated_view(scene.history.event(EventId(event)));
        if stated.is_none_or(|view| view == *stays.name(stay.view)) {
            let mut indication = Indication { event, row, delivery: None };
            let vouched = prior.vouch(prefix, &mut indication);
            each(stay, indication, vouched);
        }
    }
}

/// When each node first had each message, as events: by pairs of message and node.
pub struct Firsts(Map<(u32, u32), u32>);

impl Firsts {
    /// When they delivered it, by the lines of the history.
    pub fn delivered(scene: &Scene<'_>) -> Firsts {
        Firsts::of(scene, |event| event.kind() == Kind::Deliver)
    }

    /// When they had it in any way: delivered it, received a frame that carries it, or made it.
    pub fn had(scene: &Scene<'_>) -> Firsts {
        Firsts::of(scene, |event| {
            matches!(event.kind(), Kind::Deliver | Kind::Broadcast | Kind::Recv)
        })
    }

    fn of(scene: &Scene<'_>, counts: impl Fn(Event<'_>) -> bool) -> Firsts {
        let mut firsts = Firsts(Map::default());
        for event in scene.history.events().filter(|event| counts(*event)) {
            let node = event.node().map_or(NONE, |node| node.0);
            let carried = event.transmission().map(|frame| frame.messages.iter());
            for row in carried.into_iter().flatten().copied().chain(event.message()) {
                let (first, now) = (firsts.0.entry((row, node)).or_insert(event.id.0), event.id.0);
                if scene.key(now) < scene.key(*first) {
                    *first = now;
                }
            }
        }
        firsts
    }

    /// When this node first had this message.
    pub fn get(&self, row: u32, node: u32) -> Option<u32> {
        self.0.get(&(row, node)).copied()
    }
}

/// Whether the node is not Byzantine and has no snapshot that may hold the message.
pub fn is_bound(scene: &Scene<'_>, snapshots: &Snapshots, node: u32, row: u32) -> bool {
    !scene.case.byzantine[node as usize] && !snapshots.excuse(scene, node, row)
}

/// The sentence and the clauses for an indication in the stay, and one of the messages it vouches
/// for; and what it is that they need to have done with it.
pub fn told(
    scene: &Scene<'_>,
    stays: &Stays,
    stay: &Stay,
    indication: Indication,
    vouched: Option<Vouched>,
) -> (String, Proof) {
    let (who, view) = (scene.node_name(stay.node), stays.name(stay.view));
    let safe = scene.name(indication.row);
    let says = format!("{who} was told in view {view} that {safe} is safe");
    let proof = Proof::default().yes(&*says, [EventId(indication.event)]);
    let Some(vouched) = vouched else { return (says, proof) };
    let deliveries = indication.delivery.into_iter().chain([vouched.delivery]).map(EventId);
    let before = format!("{who} had delivered {} before that", scene.name(vouched.row));
    (format!("{says}, and {before}"), proof.yes(before, deliveries))
}
