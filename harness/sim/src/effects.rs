//! Running a handler, and performing its effects one after the other.

use crate::flights::Flight;
use crate::nodes::{State, Ticket};
use crate::queue::Happening;
use crate::world::World;
use pepperland_core::contract::{Effect, Host, Indication, Node, Timer};
use pepperland_core::history::EventId;
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::runtime::{CARRIES_WRITES_ALONE, Outcome, Saying, garbled_length};
use pepperland_core::schedule::{Harm, Transit};
use pepperland_core::time::Span;
use smallvec::SmallVec;

impl World<'_> {
    /// Runs one handler of a node and performs its effects. `cause` is the last event recorded
    /// before it, wherever that was.
    pub fn handle(
        &mut self,
        id: NodeId,
        cause: Option<EventId>,
        handler: impl FnOnce(&mut dyn Node, &mut Host),
    ) {
        let slot = &mut self.nodes[id.index()];
        if slot.state == State::Down {
            return;
        }
        slot.host.now = slot.clock.read(self.now);
        handler(&mut *slot.node, &mut slot.host);
        if slot.host.effects.list.is_empty() {
            return;
        }
        let mut effects = std::mem::take(&mut slot.host.effects.list);
        let bytes = std::mem::take(&mut slot.host.effects.bytes);
        let fatal = slot.crashes_after(&effects, self.recorder.header().contract.delivery);
        let mut cause = cause;
        for effect in effects.drain(..).take(fatal.unwrap_or(usize::MAX)) {
            self.perform(id, effect, &bytes, &mut cause);
        }
        let host = &mut self.nodes[id.index()].host;
        effects.clear();
        host.effects.list = effects;
        host.effects.bytes = bytes;
        host.effects.clear();
        if fatal.is_some() {
            self.crash(id);
        }
    }

    fn perform(&mut self, id: NodeId, effect: Effect, bytes: &[u8], cause: &mut Option<EventId>) {
        match effect {
            Effect::GroupSend { group, network, frame }
                if self.schedule.header.controls(network) =>
            {
                let frame = &bytes[frame.start as usize..frame.end as usize];
                self.write(id, group, SmallVec::from_slice(frame), *cause);
            }
            Effect::Send { network, .. } if self.schedule.header.controls(network) => {
                self.note(id, CARRIES_WRITES_ALONE, *cause);
            }
            Effect::Send { to, network, frame } => {
                let frame = &bytes[frame.start as usize..frame.end as usize];
                self.send(id, to, network, SmallVec::from_slice(frame), *cause);
            }
            Effect::GroupSend { group, network, frame } => {
                let frame = &bytes[frame.start as usize..frame.end as usize];
                for to in &*self.nodes[id.index()].host.members(group) {
                    self.send(id, *to, network, SmallVec::from_slice(frame), *cause);
                }
            }
            Effect::Indicate(indication) => {
                let event = self.indicate(id, indication, *cause);
                self.noted(id, event);
                *cause = Some(event);
            }
            Effect::SetTimer(timer, span) => self.set_timer(id, timer, span, *cause),
            Effect::CancelTimer(timer) => {
                self.nodes[id.index()].timers.retain(|(set, _)| *set != timer);
            }
            Effect::Store(key, value) => self.nodes[id.index()].store(self.now, key, value),
            Effect::Refuse(request) => {
                self.note(id, &format!("no layer offers \"{request}\""), *cause);
            }
            Effect::Note(text) => self.note(id, &text, *cause),
            Effect::Breach(_, text) if self.is_second(id) => self.note(id, &text, *cause),
            Effect::Breach(what, text) => {
                self.recorder.breach(self.now, id, what, &text);
            }
        }
    }

    fn indicate(
        &mut self,
        id: NodeId,
        indication: Indication<Message>,
        cause: Option<EventId>,
    ) -> EventId {
        match indication {
            told if self.is_second(id) => self.indicate_second(id, &told, cause),
            Indication::Deliver(delivery) => {
                let event = self.recorder.delivery(self.now, id, &delivery, cause);
                self.upon_delivery(id, delivery.message.id);
                event
            }
            other => {
                self.react(id, &other);
                self.record_indication(id, other, cause)
            }
        }
    }

    fn set_timer(&mut self, id: NodeId, timer: Timer, span: Span, cause: Option<EventId>) {
        let ticket = Ticket { node: id, timer, cause };
        let number = match self.free_tickets.pop() {
            Some(number) => {
                self.tickets[number as usize] = ticket;
                number
            }
            None => {
                self.tickets.push(ticket);
                self.tickets.len() as u32 - 1
            }
        };
        let span = self.disturbances.hasten(self.schedule, self.name(id), span);
        let slot = &mut self.nodes[id.index()];
        let at = self.now + slot.clock.true_span(span);
        match slot.timers.iter_mut().find(|(set, _)| *set == timer) {
            Some(entry) => entry.1 = number,
            None => slot.timers.push((timer, number)),
        }
        self.queue.plan(at, Happening::Timeout(number));
    }

    /// Puts a frame on its way to a node, or to both copies of one.
    fn send(
        &mut self,
        from: NodeId,
        to: NodeId,
        network: NetworkId,
        frame: SmallVec<[u8; 48]>,
        cause: Option<EventId>,
    ) {
        if to.index() >= self.names() {
            return self.note(from, &format!("sent to {to}, which does not exist"), cause);
        }
        if self.twins.are_none() {
            return self.set_off(from, to, network, frame, cause);
        }
        for place in self.places_of(from, to) {
            self.set_off(from, place, network, frame.clone(), cause);
        }
    }

    /// Puts a frame on its way from one place to another, as the network and the disturbances at
    /// work will have it.
    fn set_off(
        &mut self,
        from: NodeId,
        to: NodeId,
        network: NetworkId,
        frame: SmallVec<[u8; 48]>,
        cause: Option<EventId>,
    ) {
        self.frames_sent += 1;
        let transit = self.links.next(self.name(from), self.name(to));
        let mut flight = Flight {
            from,
            to,
            network,
            from_incarnation: self.nodes[from.index()].host.incarnation,
            to_incarnation: self.nodes[to.index()].host.incarnation,
            id: self.frames_sent,
            number: transit.number,
            doubled: false,
            cause,
            frame,
        };
        self.record_sending(&mut flight);
        let tongue = &*self.nodes[from.index()].node;
        self.lies.hear(&Saying { transit, frame: &flight.frame, tongue });
        let plain = self.latency(&transit);
        let own = transit.from == transit.to;
        let mut latency = plain + self.carriage(own, &flight.frame);
        if self.disturbances.at_work() {
            let harmed = self.pass_harms(flight, transit, latency);
            let Some((uncut, later)) = harmed else { return };
            (flight, latency) = (uncut, later);
        }
        let settled = own || flight.doubled;
        let slot = self.flights.add(flight);
        let (at, arrive) = (self.now + latency, Happening::Arrive(slot));
        // Messages to oneself all take the least latency, unless a strike makes one late.
        if own && latency == self.schedule.header.network.min_latency {
            self.queue.plan_in_order(at, arrive);
        } else {
            self.queue.plan(at, arrive);
        }
        match settled {
            true => self.settled(slot, to, at),
            false => self.launched(slot, to, (plain, latency)),
        }
    }

    /// How much longer a frame takes than an empty one. One to the sender itself crosses no network.
    pub fn carriage(&self, own: bool, frame: &[u8]) -> Span {
        if own { Span::ZERO } else { self.schedule.header.network.carriage(frame.len()) }
    }

    /// The frame and its latency as the disturbances at work will have them; nothing if it goes no
    /// further.
    fn pass_harms(
        &mut self,
        mut flight: Flight,
        transit: Transit,
        mut latency: Span,
    ) -> Option<(Flight, Span)> {
        let mut besides = Vec::new();
        for (index, harm) in self.disturbances.harm(self.schedule, &transit, self.now) {
            let sender = &self.nodes[flight.from.index()].node;
            match harm {
                Harm::Lost => {
                    self.record_harm(index);
                    self.record_loss(&flight, "loss");
                    return None;
                }
                Harm::Late(by) => latency = latency + by,
                Harm::Doubled(by) => {
                    self.set_off_besides(flight.clone(), latency + by);
                    flight.doubled = true;
                }
                Harm::Corrupted(bit) => flight.frame = sender.corrupt(&flight.frame, bit).into(),
                Harm::Garbled(draw) => {
                    flight.frame.truncate(garbled_length(flight.frame.len(), draw))
                }
                Harm::Lied(draw) => {
                    let saying = Saying { transit, frame: &flight.frame, tongue: &**sender };
                    let Some(lie) = self.lies.tell(self.schedule, index, draw, &saying) else {
                        self.disturbances.spare(index);
                        continue;
                    };
                    self.record_lie(index, &transit, &lie);
                    match lie.outcome {
                        Outcome::Instead(frame) => flight.frame = frame.into(),
                        Outcome::Besides(frame) => besides.push(frame),
                        Outcome::Late(by) => latency = latency + by,
                        Outcome::Nothing => {
                            self.record_loss(&flight, "withheld");
                            return None;
                        }
                    }
                    continue;
                }
            }
            self.record_harm(index);
        }
        for frame in besides {
            self.set_off_besides(Flight { frame: frame.into(), ..flight.clone() }, latency);
            flight.doubled = true;
        }
        Some((self.pass_cuts(flight)?, latency))
    }

    /// Another frame goes the same way, to arrive after this latency.
    fn set_off_besides(&mut self, flight: Flight, latency: Span) {
        let (to, at) = (flight.to, self.now + latency);
        let slot = self.flights.add(flight);
        self.queue.plan(at, Happening::Arrive(slot));
        self.settled(slot, to, at);
    }
}
