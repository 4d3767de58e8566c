//! Partial-order sampling (Yuan, Yang & Gu, *Partial Order Aware Concurrency Sampling*, CAV 2018):
//! every event has a random priority, and those that race with the one that has just been executed
//! draw theirs anew. Frames race if they are on their way to the same node; a priority is an
//! instant within what the network allows, the earliest first.

use super::{Draw, Scheduler, Sending};
use pepperland_core::id::NodeId;
use pepperland_core::seed::Stream;
use pepperland_core::time::{Span, Time};
use std::collections::{BTreeMap, BTreeSet};

/// A frame on its way; one whose instant is settled is known as well, for its slot was another's.
struct Racing {
    to: NodeId,
    earliest: Time,
    latest: Time,
    due: Time,
    stream: Stream,
}

/// Of the frames that race with one that was handled, so many are drawn anew: the next to come. Any
/// other is drawn anew before its turn, for it becomes one of them; to draw them all each time would
/// cost the square of what is on its way.
const NEXT: usize = 16;

/// Arrivals are drawn anew as others come first.
pub struct Pos {
    draw: Draw,
    /// Of the frame that is being sent.
    next: Stream,
    /// By slot.
    racing: Vec<Option<Racing>>,
    /// Of each node, the frames that are on their way to it and may be drawn anew, by when they come.
    coming: BTreeMap<NodeId, BTreeSet<(Time, u32)>>,
}

impl Pos {
    pub fn new(draw: Draw) -> Pos {
        let (racing, coming) = (Vec::new(), BTreeMap::new());
        Pos { draw, next: draw.stream(0), racing, coming }
    }

    fn forget(&mut self, slot: u32) {
        let taken = self.racing.get_mut(slot as usize).and_then(Option::take);
        let Some(racing) = taken else { return };
        if let Some(coming) = self.coming.get_mut(&racing.to) {
            coming.remove(&(racing.due, slot));
        }
    }
}

impl Scheduler for Pos {
    fn latency(&mut self, sending: &Sending) -> Span {
        self.next = self.draw.of(&sending.transit, 0);
        self.draw.bounds.at(self.next.bits() as u32)
    }

    fn launched(&mut self, slot: u32, to: NodeId, (earliest, latest): (Time, Time), due: Time) {
        self.forget(slot);
        let stream = self.next.clone();
        if self.racing.len() <= slot as usize {
            self.racing.resize_with(slot as usize + 1, || None);
        }
        self.racing[slot as usize] = Some(Racing { to, earliest, latest, due, stream });
        if earliest < latest {
            self.coming.entry(to).or_default().insert((due, slot));
        }
    }

    fn is_due(&mut self, slot: u32, now: Time) -> bool {
        let racing = self.racing.get(slot as usize).and_then(Option::as_ref);
        if racing.is_some_and(|racing| racing.due > now) {
            return false;
        }
        self.forget(slot);
        true
    }

    fn handled(&mut self, node: NodeId, now: Time) -> Vec<(u32, Time)> {
        let Some(coming) = self.coming.get_mut(&node) else { return Vec::new() };
        let next = coming.range((now + Span(1), 0)..).take(NEXT);
        let mut next: Vec<u32> = next.map(|(_, slot)| *slot).collect();
        next.sort_unstable();
        let again = |slot: u32| {
            let racing = self.racing.get_mut(slot as usize)?.as_mut()?;
            coming.remove(&(racing.due, slot));
            let first = racing.earliest.max(now + Span(1)).min(racing.latest);
            racing.due = Time(racing.stream.between(first.0, racing.latest.0));
            coming.insert((racing.due, slot));
            Some((slot, racing.due))
        };
        next.into_iter().filter_map(again).collect()
    }
}
