//! The world of one run: nodes, frames on their way, disturbances at work, and what will happen.

use crate::due::Due;
use crate::flights::{Flight, Flights};
use crate::flood;
use crate::links::LinkCounts;
use crate::nodes::{Slot, State, Ticket};
use crate::order::{self, Scheduler};
use crate::queue::{Happening, Queue};
use crate::registers::Registers;
use crate::twins::Twins;
use pepperland_core::contract::{Indication, Request};
use pepperland_core::history::{EventId, Header, History, Recorder};
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::runtime::{Build, Clients, Detail, Disturbances, Lies, Reaction};
use pepperland_core::schedule::{Ask, Schedule};
use pepperland_core::time::Time;

/// The world of one run.
pub struct World<'a> {
    pub schedule: &'a Schedule,
    pub build: Build<'a>,
    pub detail: Detail,
    pub now: Time,
    pub nodes: Vec<Slot>,
    pub queue: Queue,
    pub due: Due,
    pub flights: Flights,
    pub links: LinkCounts,
    /// What chooses when frames arrive, unless each is drawn by itself.
    pub scheduler: Option<Box<dyn Scheduler>>,
    /// The frame that is being handled, if it is one.
    pub handled: Option<u64>,
    pub tickets: Vec<Ticket>,
    pub free_tickets: Vec<u32>,
    pub disturbances: Disturbances<Flight>,
    pub lies: Lies,
    pub twins: Twins,
    pub registers: Registers,
    pub recorder: Recorder,
    pub frames_sent: u64,
    clients: Clients,
}

impl<'a> World<'a> {
    pub fn new(
        schedule: &'a Schedule,
        header: Header,
        build: Build<'a>,
        in_views: bool,
        detail: Detail,
    ) -> World<'a> {
        let mut nodes = Slot::build_all(schedule, build, in_views);
        let twins = Twins::of(schedule, build, in_views, &mut nodes);
        World {
            schedule,
            build,
            detail,
            now: Time::ZERO,
            nodes,
            queue: Queue::of_span(schedule.header.network.max_latency),
            due: Due::default(),
            flights: Flights::default(),
            links: LinkCounts::new(schedule.header.nodes as usize),
            scheduler: order::scheduler(&schedule.header),
            handled: None,
            tickets: Vec::new(),
            free_tickets: Vec::new(),
            disturbances: Disturbances::at_the_start(schedule),
            lies: Lies::of(schedule),
            twins,
            registers: Registers::default(),
            recorder: Recorder::new(header),
            frames_sent: 0,
            clients: Clients::new(schedule),
        }
    }

    /// Runs until nothing more will happen, or the schedule's end.
    pub fn run(mut self) -> History {
        self.plan();
        let most_frames = flood::most_frames(self.schedule);
        for index in 0..self.names() {
            self.handle(NodeId(index as u32), None, |node, host| node.start(host));
        }
        while let Some((at, what)) = self.next() {
            if at > self.schedule.header.end {
                self.tell_order();
                let header = &self.schedule.header;
                let patience = self.disturbances.patience(self.schedule);
                return self.recorder.cut_off(header.end, patience, header.heal_at);
            }
            self.now = at;
            self.happen(what);
            if self.flights.most() > most_frames {
                return self.drown();
            }
        }
        self.tell_order();
        self.recorder.finish(self.now, true)
    }

    /// The run is cut off in a flood, and its history says so.
    fn drown(mut self) -> History {
        self.tell_order();
        self.recorder.remark("flood", self.flights.most().into());
        self.recorder.finish(self.now, false)
    }

    /// What the scheduler knows of the run at its end.
    fn tell_order(&mut self) {
        if let Some(told) = self.scheduler.as_ref().and_then(|scheduler| scheduler.told()) {
            self.recorder.remark("order", told);
        }
    }

    fn plan(&mut self) {
        for (index, disturbance) in (0..).zip(&self.schedule.disturbances) {
            let (begin, end) = disturbance.window(&self.schedule.header);
            self.queue.foresee(begin, Happening::Begin(index));
            if let Some(end) = end {
                self.queue.foresee(end, Happening::End(index));
            }
        }
        for (at, step) in Clients::timed(self.schedule) {
            self.queue.foresee(at, Happening::Ask(step));
        }
        self.queue.begin();
    }

    /// Takes what happens next, and when.
    fn next(&mut self) -> Option<(Time, Happening)> {
        let mut at = self.now;
        if self.due.is_empty() {
            let (time, only) = self.queue.next()?;
            if !self.queue.has_more_at(time) {
                return Some((time, only));
            }
            at = time;
            self.due.push(self.concerned(only), only);
        }
        while self.queue.has_more_at(at) {
            let (_, more) = self.queue.next()?;
            self.due.push(self.concerned(more), more);
        }
        self.due.pop().map(|what| (at, what))
    }

    /// Lets something happen; what concerns a paused node waits for it, and one that has come back
    /// recovers first.
    pub fn happen(&mut self, what: Happening) {
        if let Some(node) = self.concerned(what) {
            let slot = &mut self.nodes[node.index()];
            if slot.state == State::Paused {
                return slot.own.waiting.push(what);
            }
            if let Some(event) = slot.own.recovery.take() {
                self.handle(node, Some(event), |node, host| node.recover(host));
            }
        }
        match what {
            Happening::Ask(step) => self.ask(step),
            Happening::Arrive(slot) => self.arrive(slot),
            Happening::Timeout(ticket) => self.time_out(ticket),
            Happening::Begin(index) => self.begin(index),
            Happening::End(index) => self.end(index),
            Happening::Recover(_) => {}
            Happening::Stop(node) => self.stop(NodeId(node)),
            Happening::Read(place) => self.read(NodeId(place)),
            Happening::Enter(slot) => self.enter_late(slot),
        }
    }

    fn concerned(&self, what: Happening) -> Option<NodeId> {
        match what {
            Happening::Ask(step) => Some(self.schedule.steps[step as usize].node),
            Happening::Arrive(slot) => self.flights.receiver(slot),
            Happening::Timeout(ticket) => Some(self.tickets[ticket as usize].node),
            Happening::Recover(node) | Happening::Stop(node) | Happening::Read(node) => {
                Some(NodeId(node))
            }
            Happening::Begin(_) | Happening::End(_) | Happening::Enter(_) => None,
        }
    }

    /// A client makes a request. At a node that is down, nobody hears it.
    fn ask(&mut self, index: u32) {
        let schedule = self.schedule;
        let step = &schedule.steps[index as usize];
        if self.nodes[step.node.index()].state == State::Down {
            return;
        }
        let slot = &mut self.nodes[step.node.index()];
        if !slot.application.makes(step, index) {
            return;
        }
        let id = slot.name(step);
        let (request, cause) = self.recorder.request(self.now, step, id, slot.last);
        slot.last = Some(cause);
        if let Ask::Multicast { .. } = step.ask {
            self.clients.asked(step, id);
        }
        let twin = (!self.twins.are_none()).then(|| request.clone());
        self.handle(step.node, Some(cause), |node, host| node.request(request, host));
        if let Some(request) = twin {
            self.ask_twin(step.node, index, &request);
        }
    }

    /// A step's message was delivered: the steps that wait for it at this node are planned.
    pub fn upon_delivery(&mut self, node: NodeId, message: MessageId) {
        for (step, after) in self.clients.delivered(self.schedule, node, message) {
            self.queue.plan(self.now + after, Happening::Ask(step));
        }
    }

    /// The application at a node has stopped multicasting, as it was asked to, and says so.
    fn stop(&mut self, id: NodeId) {
        let slot = &mut self.nodes[id.index()];
        let Some((group, view)) = slot.application.stopped() else { return };
        let event = match self.is_second(id) {
            true => None,
            false => Some(self.recorder.stopped(self.now, id, group, view)),
        };
        event.into_iter().for_each(|event| self.noted(id, event));
        let request = Request::BlockOk(group, view);
        self.handle(id, event, |node, host| node.request(request, host));
    }

    /// What the application at a node does upon what it is told.
    pub fn react(&mut self, id: NodeId, told: &Indication<Message>) {
        let name = self.name(id);
        match self.nodes[id.index()].application.hears(name, told) {
            Reaction::None => {}
            // What the second copy of a node held back, the first one was asked for.
            Reaction::GoOn(_) if self.is_second(id) => {}
            Reaction::Stop(after) => self.queue.plan(self.now + after, Happening::Stop(id.0)),
            Reaction::GoOn(steps) => {
                for step in steps {
                    self.queue.plan(self.now, Happening::Ask(step));
                }
            }
        }
    }

    fn arrive(&mut self, slot: u32) {
        if !self.is_due(slot) {
            return;
        }
        let Some(mut flight) = self.flights.take(slot) else { return };
        if let Some(why) = self.fenced(&flight) {
            return self.record_loss(&flight, why);
        }
        if self.disturbances.at_work() {
            let Some(uncut) = self.pass_cuts(flight) else { return };
            flight = uncut;
        }
        self.receive(flight);
    }

    /// A node takes a frame that nothing has kept from it.
    pub fn receive(&mut self, flight: Flight) {
        let (to, from) = (flight.to, self.name(flight.from));
        let cause = self.record_receipt(&flight).or(flight.cause);
        self.handled = Some(flight.id);
        self.handle(to, cause, |node, host| {
            host.arrived_over = flight.network;
            if node.receive(from, &flight.frame, host).is_err() {
                host.effects.list.push(garbled(from));
            }
        });
        self.handled = None;
        self.draw_anew(to);
    }

    fn time_out(&mut self, number: u32) {
        self.free_tickets.push(number);
        let ticket = self.tickets[number as usize];
        let slot = &mut self.nodes[ticket.node.index()];
        let set = slot.timers.iter().position(|(_, set)| *set == number);
        let Some(place) = set else { return };
        slot.timers.swap_remove(place);
        self.handle(ticket.node, ticket.cause, |node, host| node.timeout(ticket.timer, host));
    }

    /// The last event recorded at a node.
    pub fn noted(&mut self, node: NodeId, event: EventId) {
        self.nodes[node.index()].last = Some(event);
    }
}

fn garbled(from: NodeId) -> pepperland_core::contract::Effect {
    pepperland_core::contract::Effect::Note(format!("a frame from {from} was garbled"))
}
