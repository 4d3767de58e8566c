//! Where a run asks its scheduler.

use crate::order::Sending;
use crate::queue::Happening;
use crate::world::World;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Transit;
use pepperland_core::time::{Span, Time};

impl World<'_> {
    /// How long a frame takes that is sent now, while nothing disturbs it.
    pub fn latency(&mut self, transit: &Transit) -> Span {
        let reseeded = self.schedule.header.reseeded(self.now).is_some();
        match &mut self.scheduler {
            Some(scheduler) if transit.from != transit.to && !reseeded => {
                let (id, at, cause) = (self.frames_sent, self.now, self.handled);
                scheduler.latency(&Sending { id, transit: *transit, at, cause })
            }
            _ => self.schedule.latency(transit, self.now),
        }
    }

    /// A frame is on its way, with its latency as the scheduler chose it and as the disturbances at
    /// work would have it.
    pub fn launched(&mut self, slot: u32, to: NodeId, (plain, latency): (Span, Span)) {
        if self.schedule.header.reseeded(self.now).is_some() {
            return self.settled(slot, to, self.now + latency);
        }
        let Some(scheduler) = &mut self.scheduler else { return };
        let network = &self.schedule.header.network;
        let begin = self.now + (latency - plain);
        let window = (begin + network.min_latency, begin + network.max_latency);
        scheduler.launched(slot, to, window, self.now + latency);
    }

    /// A frame is on its way that arrives at this instant and at no other.
    pub fn settled(&mut self, slot: u32, to: NodeId, due: Time) {
        if let Some(scheduler) = &mut self.scheduler {
            scheduler.launched(slot, to, (due, due), due);
        }
    }

    /// Whether the frame in this slot is to arrive now.
    pub fn is_due(&mut self, slot: u32) -> bool {
        let now = self.now;
        self.scheduler.as_mut().is_none_or(|scheduler| scheduler.is_due(slot, now))
    }

    /// A node has handled a frame: others may arrive at other instants now.
    pub fn draw_anew(&mut self, node: NodeId) {
        let Some(scheduler) = &mut self.scheduler else { return };
        for (slot, at) in scheduler.handled(node, self.now) {
            self.queue.plan(at, Happening::Arrive(slot));
        }
    }
}
