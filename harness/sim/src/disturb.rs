//! Disturbances: when they begin and end, and what they do to nodes and links.

use crate::flights::Flight;
use crate::nodes::{State, build};
use crate::queue::Happening;
use crate::world::World;
use pepperland_core::history::{Channel, EventId, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Harm, InFlight, Schedule, Transit, Trouble};
use pepperland_core::time::Time;
use serde_json::Map;
use smallvec::SmallVec;

/// The disturbances of a run that are at work.
#[derive(Default)]
pub struct Disturbances {
    windows: Vec<(Time, Option<Time>)>,
    /// Those on links, in the order of the schedule.
    active: Vec<Active>,
}

/// A disturbance of links that is at work.
struct Active {
    index: u32,
    is_cut: bool,
    touched: u64,
    /// Frames that a perfect channel keeps until the cut heals.
    held: Vec<Flight>,
}

impl Disturbances {
    pub fn new(schedule: &Schedule) -> Disturbances {
        Disturbances {
            windows: schedule.disturbances.iter().map(|d| d.window(&schedule.header)).collect(),
            active: Vec::new(),
        }
    }

    /// When the disturbance begins and ends.
    pub fn window(&self, index: u32) -> (Time, Option<Time>) {
        self.windows[index as usize]
    }

    /// Whether any disturbance of links is at work.
    pub fn at_work(&self) -> bool {
        !self.active.is_empty()
    }

    /// What the disturbances at work, cuts aside, do to a message.
    pub fn harm(&mut self, schedule: &Schedule, transit: &Transit) -> SmallVec<[(u32, Harm); 2]> {
        let mut harms = SmallVec::new();
        for active in self.active.iter_mut().filter(|active| !active.is_cut) {
            let disturbance = &schedule.disturbances[active.index as usize];
            if let Some(harm) = transit.harm(schedule.header.seed, disturbance) {
                active.touched += 1;
                harms.push((active.index, harm));
            }
        }
        harms
    }

    /// The first cut at work on the link.
    fn cut(&mut self, schedule: &Schedule, from: NodeId, to: NodeId) -> Option<&mut Active> {
        let cuts = |active: &&mut Active| {
            let trouble = &schedule.disturbances[active.index as usize].trouble;
            active.is_cut && trouble.links().is_some_and(|links| links.contain(from, to))
        };
        self.active.iter_mut().find(cuts)
    }
}

impl World<'_> {
    /// A disturbance begins.
    pub fn begin(&mut self, index: u32) {
        let schedule = self.schedule;
        let trouble = &schedule.disturbances[index as usize].trouble;
        match trouble {
            Trouble::Crash { node, effects: None } => self.crash(*node),
            Trouble::Crash { node, effects: Some(after) } => {
                let slot = &mut self.nodes[node.index()];
                if slot.state != State::Down {
                    slot.doomed = Some(*after);
                }
            }
            Trouble::Pause { node } => self.pause(*node),
            Trouble::Skew { node, jump, drift } => {
                self.record_begin(index);
                self.nodes[node.index()].clock.skew(self.now, *jump, *drift);
            }
            Trouble::Strike { .. } => self.activate(index, false),
            Trouble::Cut { .. } => {
                self.record_begin(index);
                self.activate(index, true);
            }
            _ => {
                self.record_begin(index);
                self.activate(index, false);
            }
        }
    }

    fn activate(&mut self, index: u32, is_cut: bool) {
        let active = Active { index, is_cut, touched: 0, held: Vec::new() };
        let place = self.disturbances.active.partition_point(|other| other.index < index);
        self.disturbances.active.insert(place, active);
    }

    /// A disturbance ends.
    pub fn end(&mut self, index: u32) {
        let schedule = self.schedule;
        match &schedule.disturbances[index as usize].trouble {
            Trouble::Crash { node, .. } => self.restart(*node),
            Trouble::Pause { node } => self.resume(*node),
            Trouble::Skew { node, .. } => {
                let slot = &mut self.nodes[node.index()];
                slot.clock = Default::default();
                self.record_end(index, 1);
            }
            _ => self.heal(index),
        }
    }

    fn heal(&mut self, index: u32) {
        let place = self.disturbances.active.iter().position(|active| active.index == index);
        let Some(place) = place else { return };
        let healed = self.disturbances.active.remove(place);
        let schedule = self.schedule;
        if !matches!(schedule.disturbances[index as usize].trouble, Trouble::Strike { .. }) {
            self.record_end(index, healed.touched);
        }
        for flight in healed.held {
            self.release(flight);
        }
    }

    /// A frame that a cut held goes on, unless another cut holds it.
    fn release(&mut self, flight: Flight) {
        let Some(flight) = self.pass_cuts(flight) else { return };
        let header = &self.schedule.header;
        let transit = Transit { from: flight.from, to: flight.to, number: flight.id as u32 };
        let latency = transit.latency(header.seed.child("held", 0), &header.network);
        let slot = self.flights.add(flight);
        self.queue.plan(self.now + latency, Happening::Arrive(slot));
    }

    /// The frame, if no cut is at work on its link. A perfect channel holds it until the cut
    /// heals; any other loses it.
    pub fn pass_cuts(&mut self, flight: Flight) -> Option<Flight> {
        let schedule = self.schedule;
        let Some(cut) = self.disturbances.cut(schedule, flight.from, flight.to) else {
            return Some(flight);
        };
        cut.touched += 1;
        if schedule.header.network.channel == Channel::Perfect {
            cut.held.push(flight);
        } else {
            self.record_loss(&flight, "cut");
        }
        None
    }

    /// The frame, if it may enter the node it has arrived at.
    pub fn admit(&mut self, flight: Flight) -> Option<Flight> {
        let receiver = &self.nodes[flight.to.index()];
        let sender = &self.nodes[flight.from.index()];
        let sender_gone =
            sender.state == State::Down || sender.host.incarnation != flight.from_incarnation;
        let dies_with_sender = self.schedule.header.network.in_flight == InFlight::Lost;
        if sender_gone && dies_with_sender {
            self.record_loss(&flight, "sender crashed");
            return None;
        }
        if receiver.state == State::Down || receiver.host.incarnation != flight.to_incarnation {
            self.record_loss(&flight, "receiver down");
            return None;
        }
        match self.disturbances.at_work() {
            true => self.pass_cuts(flight),
            false => Some(flight),
        }
    }

    /// The node stops, now.
    pub fn crash(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        if slot.state == State::Down {
            return;
        }
        slot.stop();
        let event = self.recorder.event(self.now, id, Kind::Crash, Map::new(), None);
        self.noted(id, event);
    }

    fn restart(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        slot.doomed = None;
        if slot.state != State::Down {
            return;
        }
        slot.restart(build(self.schedule, self.implementation, id));
        let event: EventId = self.recorder.event(self.now, id, Kind::Recover, Map::new(), None);
        self.noted(id, event);
        self.handle(id, Some(event), |node, host| node.recover(host));
    }

    fn pause(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        if slot.state == State::Up {
            slot.state = State::Paused;
            let event = self.recorder.event(self.now, id, Kind::Pause, Map::new(), None);
            self.noted(id, event);
        }
    }

    fn resume(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        if slot.state != State::Paused {
            return;
        }
        slot.state = State::Up;
        let waiting = std::mem::take(&mut slot.waiting);
        let event = self.recorder.event(self.now, id, Kind::Resume, Map::new(), None);
        self.noted(id, event);
        for what in waiting {
            self.happen(what);
        }
    }
}
