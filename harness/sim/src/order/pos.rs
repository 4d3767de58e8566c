//! Partial-order sampling (Yuan, Yang & Gu, *Partial Order Aware Concurrency Sampling*, CAV 2018):
//! every event has a random priority, and those that race with the one that has just been executed
//! draw theirs anew. Frames race if they are on their way to the same node; a priority is an
//! instant within what the network allows, the earliest first.

use super::{Draw, Scheduler, Sending};
use pepperland_core::id::NodeId;
use pepperland_core::seed::Stream;
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// A frame on its way; one whose instant is settled is known as well, for its slot was another's.
struct Racing {
    to: NodeId,
    earliest: Time,
    latest: Time,
    due: Time,
    stream: Stream,
}

/// Arrivals are drawn anew as others come first.
pub struct Pos {
    draw: Draw,
    /// Of the frame that is being sent.
    next: Stream,
    racing: BTreeMap<u32, Racing>,
}

impl Pos {
    pub fn new(draw: Draw) -> Pos {
        Pos { draw, next: draw.stream(0), racing: BTreeMap::new() }
    }
}

impl Scheduler for Pos {
    fn latency(&mut self, sending: &Sending) -> Span {
        self.next = self.draw.of(&sending.transit, 0);
        self.draw.bounds.at(self.next.bits() as u32)
    }

    fn launched(&mut self, slot: u32, to: NodeId, (earliest, latest): (Time, Time), due: Time) {
        let stream = self.next.clone();
        self.racing.insert(slot, Racing { to, earliest, latest, due, stream });
    }

    fn is_due(&mut self, slot: u32, now: Time) -> bool {
        if self.racing.get(&slot).is_some_and(|racing| racing.due > now) {
            return false;
        }
        self.racing.remove(&slot);
        true
    }

    fn handled(&mut self, node: NodeId, now: Time) -> Vec<(u32, Time)> {
        let races = |racing: &Racing| {
            racing.to == node && racing.due > now && racing.earliest < racing.latest
        };
        let again = |(slot, racing): (&u32, &mut Racing)| {
            let first = racing.earliest.max(now + Span(1)).min(racing.latest);
            racing.due = Time(racing.stream.between(first.0, racing.latest.0));
            (*slot, racing.due)
        };
        self.racing.iter_mut().filter(|(_, racing)| races(racing)).map(again).collect()
    }
}
