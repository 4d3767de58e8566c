//! The world of one run: nodes, frames on their way, disturbances at work, and what will happen.

use crate::disturb::Disturbances;
use crate::flights::Flights;
use crate::links::LinkCounts;
use crate::nodes::{Slot, State, Ticket};
use crate::queue::{Happening, Queue};
use crate::record::header;
use pepperland_core::collections::Map;
use pepperland_core::contract::Request;
use pepperland_core::history::{EventId, History, Recorder};
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::message::{Body, Message};
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::{Ask, Schedule, When};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// The world of one run.
pub struct World<'a> {
    pub schedule: &'a Schedule,
    pub implementation: &'a Implementation,
    pub detail: Detail,
    pub now: Time,
    pub nodes: Vec<Slot>,
    pub queue: Queue,
    pub flights: Flights,
    pub links: LinkCounts,
    pub tickets: Vec<Ticket>,
    pub free_tickets: Vec<u32>,
    pub disturbances: Disturbances,
    pub recorder: Recorder,
    pub frames_sent: u64,
    /// Steps that wait for a delivery, by the step whose message they wait for.
    waiting_steps: BTreeMap<u32, Vec<u32>>,
    /// Which step's message it is.
    step_of: Map<MessageId, u32>,
}

impl<'a> World<'a> {
    pub fn new(
        schedule: &'a Schedule,
        implementation: &'a Implementation,
        detail: Detail,
    ) -> World<'a> {
        World {
            schedule,
            implementation,
            detail,
            now: Time::ZERO,
            nodes: Slot::build_all(schedule, implementation),
            queue: Queue::default(),
            flights: Flights::default(),
            links: LinkCounts::new(schedule.header.nodes as usize),
            tickets: Vec::new(),
            free_tickets: Vec::new(),
            disturbances: Disturbances::new(schedule),
            recorder: Recorder::new(header(schedule, implementation)),
            frames_sent: 0,
            waiting_steps: BTreeMap::new(),
            step_of: Map::default(),
        }
    }

    /// Runs until nothing more will happen, or the schedule's end.
    pub fn run(mut self) -> History {
        self.plan();
        for index in 0..self.nodes.len() {
            self.handle(NodeId(index as u32), None, |node, host| node.start(host));
        }
        while let Some((at, what)) = self.queue.next() {
            if at > self.schedule.header.end {
                self.now = self.schedule.header.end;
                break;
            }
            self.now = at;
            self.happen(what);
        }
        self.recorder.finish(self.now, true)
    }

    fn plan(&mut self) {
        for index in 0..self.schedule.disturbances.len() as u32 {
            let (begin, end) = self.disturbances.window(index);
            self.queue.foresee(begin, Happening::Begin(index));
            if let Some(end) = end {
                self.queue.foresee(end, Happening::End(index));
            }
        }
        for (index, step) in self.schedule.steps.iter().enumerate() {
            match step.when {
                When::At(at) => self.queue.foresee(at, Happening::Ask(index as u32)),
                When::Upon { of, .. } => {
                    self.waiting_steps.entry(of).or_default().push(index as u32);
                }
            }
        }
        self.queue.begin();
    }

    /// Lets something happen; what concerns a paused node waits for it.
    pub fn happen(&mut self, what: Happening) {
        if let Some(node) = self.concerned(what)
            && self.nodes[node.index()].state == State::Paused
        {
            return self.nodes[node.index()].waiting.push(what);
        }
        match what {
            Happening::Ask(step) => self.ask(step),
            Happening::Arrive(slot) => self.arrive(slot),
            Happening::Timeout(ticket) => self.time_out(ticket),
            Happening::Begin(index) => self.begin(index),
            Happening::End(index) => self.end(index),
        }
    }

    fn concerned(&self, what: Happening) -> Option<NodeId> {
        match what {
            Happening::Ask(step) => Some(self.schedule.steps[step as usize].node),
            Happening::Arrive(slot) => Some(self.flights.receiver(slot)),
            Happening::Timeout(ticket) => Some(self.tickets[ticket as usize].node),
            Happening::Begin(_) | Happening::End(_) => None,
        }
    }

    /// A client makes a request. At a node that is down, nobody hears it.
    fn ask(&mut self, index: u32) {
        let schedule = self.schedule;
        let step = &schedule.steps[index as usize];
        if self.nodes[step.node.index()].state == State::Down {
            return;
        }
        let (request, cause) = match &step.ask {
            Ask::Multicast { group, body } => {
                let slot = &mut self.nodes[step.node.index()];
                let message = Message { id: slot.mint(), body: Body::new(body.as_bytes()) };
                let last = matches!(step.when, When::Upon { .. }).then_some(slot.last).flatten();
                let event = self.recorder.broadcast(self.now, step.node, &message, *group, last);
                if !self.waiting_steps.is_empty() {
                    self.step_of.insert(message.id, step.id);
                }
                (Request::Multicast(*group, message), event)
            }
            other => self.other_request(step.node, other),
        };
        self.nodes[step.node.index()].last = Some(cause);
        self.handle(step.node, Some(cause), |node, host| node.request(request, host));
    }

    /// A step's message was delivered: the steps that wait for it at this node are planned.
    pub fn upon_delivery(&mut self, node: NodeId, message: MessageId) {
        if self.waiting_steps.is_empty() {
            return;
        }
        let Some(step) = self.step_of.get(&message) else { return };
        let Some(waiting) = self.waiting_steps.get_mut(step) else { return };
        let steps = &self.schedule.steps;
        let here = |index: &u32| steps[*index as usize].node == node;
        let ready: Vec<u32> = waiting.iter().copied().filter(here).collect();
        waiting.retain(|index| !here(index));
        for index in ready {
            let after = match steps[index as usize].when {
                When::Upon { after, .. } => after,
                When::At(_) => Span::ZERO,
            };
            self.queue.plan(self.now + after, Happening::Ask(index));
        }
    }

    fn arrive(&mut self, slot: u32) {
        let flight = self.flights.take(slot);
        let Some(flight) = self.admit(flight) else { return };
        let (to, from) = (flight.to, flight.from);
        let cause = self.record_receipt(&flight).or(flight.cause);
        self.handle(to, cause, |node, host| {
            if node.receive(from, &flight.frame, host).is_err() {
                host.effects.list.push(garbled(from));
            }
        });
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
