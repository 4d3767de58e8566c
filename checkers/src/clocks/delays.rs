//! How long deliveries take.
//!
//! Of each life of a correct node the first delivery of each message counts. One that catches up is
//! left out: of a message that was broadcast before the life last started late, by a restart that
//! forgot, a joiner's first view or a snapshot. So is one whose broadcast is not known or void. On
//! a real clock two instants of different nodes may be off by the clock's error, which is granted.

use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::EventId;
use pepperland_core::time::{Span, Time};

/// A delivery that counts.
#[derive(Copy, Clone, Debug)]
pub struct Delay {
    /// The delivery.
    pub delivery: Delivery,
    /// The broadcast.
    pub broadcast: EventId,
    /// When it was broadcast.
    pub from: Time,
    /// When it was delivered.
    pub to: Time,
}

/// The deliveries that count, in the order of the history. O(events).
pub fn delays(scene: &Scene<'_>) -> Vec<Delay> {
    let bound = scene.bound(Bound::Correct);
    let mut starts = scene.lives.starts.iter().peekable();
    let mut started: Map<u32, u64> = Map::default();
    let mut seen = Set::default();
    let mut found = Vec::new();
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        while let Some(start) = starts.next_if(|start| start.event < delivery.event) {
            let key = scene.start_key(start.event);
            let last = started.entry(start.life).or_insert(key);
            *last = key.max(*last);
        }
        let broadcast = scene.broadcast(delivery.row).filter(|_| scene.is_broadcast(delivery.row));
        let Some(broadcast) = broadcast.filter(|_| seen.insert((delivery.life, delivery.row)))
        else {
            continue;
        };
        let catches_up = started.get(&delivery.life).is_some_and(|s| scene.key(broadcast.0) <= *s);
        if !catches_up {
            let (from, to) = (scene.time(broadcast.0), scene.time(delivery.event));
            found.push(Delay { delivery, broadcast, from, to });
        }
    }
    found
}

/// How far two instants may be off.
pub fn error(scene: &Scene<'_>) -> Span {
    Span(if scene.is_virtual() { 0 } else { scene.history.header.clock_error.unwrap_or(0) })
}
