//! Disturbances: when they begin and end, and what they do to nodes and links.

use crate::flights::Flight;
use crate::nodes::State;
use crate::queue::Happening;
use crate::world::World;
use pepperland_core::history::{Channel, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{InFlight, Transit, Trouble};

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
                self.recorder.begin(self.now, schedule, index);
                self.nodes[node.index()].clock.skew(self.now, *jump, *drift);
            }
            Trouble::Strike { .. } => self.disturbances.begin(schedule, index),
            Trouble::Twin { node, .. } => self.begin_twin(index, *node),
            Trouble::Disk { node, .. } => {
                self.recorder.begin(self.now, schedule, index);
                self.nodes[node.index()].disk.begin(schedule, index);
            }
            _ => {
                self.recorder.begin(self.now, schedule, index);
                self.disturbances.begin(schedule, index);
            }
        }
    }

    /// A disturbance ends.
    pub fn end(&mut self, index: u32) {
        let schedule = self.schedule;
        match &schedule.disturbances[index as usize].trouble {
            Trouble::Crash { node, .. } => self.restart(*node),
            Trouble::Pause { node } => self.resume(*node),
            Trouble::Twin { node, .. } => {
                self.end_twin(index, *node);
                self.heal(index);
            }
            Trouble::Skew { node, .. } => {
                if !schedule.skews(*node, self.now) {
                    self.nodes[node.index()].clock = Default::default();
                }
                self.recorder.heal(self.now, index, Some(1));
            }
            Trouble::Disk { node, .. } => {
                let lost = self.nodes[node.index()].disk.end(index);
                self.recorder.heal(self.now, index, Some(lost));
            }
            _ => self.heal(index),
        }
    }

    fn heal(&mut self, index: u32) {
        let Some(healed) = self.disturbances.end(index) else { return };
        let schedule = self.schedule;
        if !matches!(schedule.disturbances[index as usize].trouble, Trouble::Strike { .. }) {
            self.recorder.heal(self.now, index, Some(healed.touched));
        }
        for flight in healed.held {
            self.release(flight);
        }
    }

    /// A frame that a cut held goes on, unless another cut holds it.
    fn release(&mut self, flight: Flight) {
        let Some(flight) = self.pass_cuts(flight) else { return };
        let (from, to) = (self.name(flight.from), self.name(flight.to));
        let transit = Transit::of_payload(from, to, flight.number);
        let latency = self.schedule.latency_once_healed(&transit, self.now);
        let (to, at) = (flight.to, self.now + latency);
        let slot = self.flights.add(flight);
        self.queue.plan(at, Happening::Arrive(slot));
        self.settled(slot, to, at);
    }

    /// The frame, if no cut is at work on its link. A perfect channel holds it until the cut
    /// heals; any other loses it.
    pub fn pass_cuts(&mut self, flight: Flight) -> Option<Flight> {
        let schedule = self.schedule;
        let (from, to) = (self.name(flight.from), self.name(flight.to));
        let Some(cut) = self.disturbances.cut(schedule, from, to) else {
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

    /// Why a frame may not enter the node it has arrived at, if a crash is in the way.
    pub fn fenced(&self, flight: &Flight) -> Option<&'static str> {
        let receiver = &self.nodes[flight.to.index()];
        if self.schedule.header.network.in_flight == InFlight::Lost {
            let sender = &self.nodes[flight.from.index()];
            let lives = sender.host.incarnation == flight.from_incarnation;
            if sender.state == State::Down || !lives {
                return Some("sender crashed");
            }
        }
        let lives = receiver.host.incarnation == flight.to_incarnation;
        (receiver.state == State::Down || !lives).then_some("receiver down")
    }

    /// The node stops, now.
    pub fn crash(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        if slot.state == State::Down {
            return;
        }
        slot.stop(self.now);
        let waiting = std::mem::take(&mut slot.own).waiting;
        self.forget_reads(id, &waiting);
        if !self.is_second(id) {
            let event = self.recorder.befell(self.now, id, Kind::Crash);
            self.noted(id, event);
        }
    }

    fn restart(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        slot.doomed = None;
        if slot.state != State::Down {
            return;
        }
        slot.restart(self.schedule, self.build);
        let event = self.recorder.befell(self.now, id, Kind::Recover);
        self.noted(id, event);
        // What else begins or ends at this instant does so before any node acts.
        self.nodes[id.index()].own.recovery = Some(event);
        self.due.push(Some(id), Happening::Recover(id.0));
    }

    fn pause(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        if slot.state == State::Up {
            slot.state = State::Paused;
            let event = self.recorder.befell(self.now, id, Kind::Pause);
            self.noted(id, event);
        }
    }

    fn resume(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        if slot.state != State::Paused || self.schedule.pauses(id, self.now) {
            return;
        }
        slot.state = State::Up;
        let waiting = std::mem::take(&mut slot.own.waiting);
        let event = self.recorder.befell(self.now, id, Kind::Resume);
        self.noted(id, event);
        for what in waiting {
            self.queue.plan(self.now, what);
        }
    }
}
