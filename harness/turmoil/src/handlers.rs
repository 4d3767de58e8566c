//! Running what is due at a node, and performing the effects of its handlers one after the other.

use crate::nodes::{Boot, Happening};
use crate::wire::Wire;
use crate::world::{Phase, World};
use pepperland_core::contract::{Effect, Host, Indication, Node, Request, Timer};
use pepperland_core::history::EventId;
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::runtime::{CARRIES_WRITES_ALONE, Reaction, State};
use pepperland_core::schedule::Ask;
use pepperland_core::time::Span;

impl World {
    /// Does at a node, on its host, all that is due now.
    pub fn run(&mut self, id: NodeId, wire: &mut dyn Wire) {
        if self.phase == Phase::Opening {
            return;
        }
        self.boot(id, wire);
        if self.phase == Phase::Starting {
            return;
        }
        let now = self.now;
        while self.nodes[id.index()].state == State::Up {
            let Some((at, turn, what)) = self.nodes[id.index()].own.due(now) else { return };
            self.last_happening = now;
            match what {
                Happening::Ask(step) => self.ask(step, wire),
                Happening::Stop => self.stop(id, wire),
                Happening::Arrive(place) => self.arrive(place, (at, turn), wire),
                Happening::Read => self.read(id, wire),
                Happening::Timeout(timer, ticket, cause) => {
                    self.time_out(id, timer, ticket, cause, wire);
                }
            }
        }
    }

    /// Starts or recovers a node that is to, unless it stands still.
    fn boot(&mut self, id: NodeId, wire: &mut dyn Wire) {
        if self.nodes[id.index()].state != State::Up {
            return;
        }
        match self.nodes[id.index()].own.boot.take() {
            Some(Boot::Start) => self.handle(id, None, wire, |node, host| node.start(host)),
            Some(Boot::Recover(event)) => {
                self.handle(id, Some(event), wire, |node, host| node.recover(host));
            }
            None => {}
        }
    }

    /// A client makes a request.
    fn ask(&mut self, index: u32, wire: &mut dyn Wire) {
        let schedule = self.schedule();
        let step = &schedule.steps[index as usize];
        let slot = &mut self.nodes[step.node.index()];
        if !slot.application.makes(step, index) {
            return;
        }
        let id = slot.name(step);
        let last = slot.last;
        let (request, event) = self.recorder.request(self.now, step, id, last);
        if let Ask::Multicast { .. } = step.ask {
            self.clients.asked(step, id);
        }
        self.nodes[step.node.index()].last = Some(event);
        self.handle(step.node, Some(event), wire, |node, host| node.request(request, host));
    }

    /// The application at a node has stopped multicasting, as it was asked to, and says so.
    fn stop(&mut self, id: NodeId, wire: &mut dyn Wire) {
        let slot = &mut self.nodes[id.index()];
        let Some((group, view)) = slot.application.stopped() else { return };
        let event = self.recorder.stopped(self.now, id, group, view);
        self.nodes[id.index()].last = Some(event);
        let request = Request::BlockOk(group, view);
        self.handle(id, Some(event), wire, |node, host| node.request(request, host));
    }

    /// What the application at a node does upon what it is told.
    fn react(&mut self, id: NodeId, told: &Indication<Message>) {
        match self.nodes[id.index()].application.hears(id, told) {
            Reaction::None => {}
            Reaction::Stop(after) => self.plan(id, self.now + after, Happening::Stop),
            Reaction::GoOn(steps) => {
                for step in steps {
                    self.plan(id, self.now, Happening::Ask(step));
                }
            }
        }
    }

    fn time_out(
        &mut self,
        id: NodeId,
        timer: Timer,
        ticket: u32,
        cause: Option<EventId>,
        wire: &mut dyn Wire,
    ) {
        let timers = &mut self.nodes[id.index()].timers;
        let Some(place) = timers.iter().position(|(_, set)| *set == ticket) else { return };
        timers.swap_remove(place);
        self.handle(id, cause, wire, |node, host| node.timeout(timer, host));
    }

    /// Runs one handler of a node and performs its effects. `cause` is the last event recorded
    /// before it, wherever that was.
    pub fn handle(
        &mut self,
        id: NodeId,
        cause: Option<EventId>,
        wire: &mut dyn Wire,
        handler: impl FnOnce(&mut dyn Node, &mut Host),
    ) {
        let now = self.now;
        let slot = &mut self.nodes[id.index()];
        slot.host.now = slot.clock.read(now);
        handler(&mut *slot.node, &mut slot.host);
        let mut effects = std::mem::take(&mut slot.host.effects);
        let count = effects.list.len();
        let fatal = slot.crashes_after(&effects.list, self.recorder.header().contract.delivery);
        let mut cause = cause;
        for effect in effects.list.drain(..).take(fatal.unwrap_or(count)) {
            self.perform(id, effect, &effects.bytes, &mut cause, wire);
        }
        effects.clear();
        self.nodes[id.index()].host.effects = effects;
        if fatal.is_some() {
            self.crash(id);
        }
    }

    fn perform(
        &mut self,
        id: NodeId,
        effect: Effect,
        bytes: &[u8],
        cause: &mut Option<EventId>,
        wire: &mut dyn Wire,
    ) {
        match effect {
            Effect::GroupSend { group, network, frame }
                if self.schedule.header.controls(network) =>
            {
                let frame = &bytes[frame.start as usize..frame.end as usize];
                self.write(id, group, frame, *cause);
            }
            Effect::Send { network, .. } if self.schedule.header.controls(network) => {
                self.note(id, CARRIES_WRITES_ALONE, *cause);
            }
            Effect::Send { to, network, frame } => {
                let frame = &bytes[frame.start as usize..frame.end as usize];
                self.send((id, to, network), frame, *cause, wire);
            }
            Effect::GroupSend { group, network, frame } => {
                let frame = &bytes[frame.start as usize..frame.end as usize];
                self.group_send((id, group, network), frame, *cause, wire);
            }
            Effect::Indicate(indication) => {
                let event = self.indicate(id, indication, *cause);
                self.nodes[id.index()].last = Some(event);
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
        if let Indication::Deliver(delivery) = &indication {
            let schedule = self.schedule();
            let ready = self.clients.delivered(&schedule, id, delivery.message.id);
            for (step, after) in ready {
                self.plan(id, self.now + after, Happening::Ask(step));
            }
        }
        self.react(id, &indication);
        self.recorder.indication(self.now, id, indication, cause)
    }

    fn set_timer(&mut self, id: NodeId, timer: Timer, span: Span, cause: Option<EventId>) {
        let ticket = self.turn();
        let span = self.disturbances.hasten(&self.schedule(), id, span);
        let slot = &mut self.nodes[id.index()];
        let at = self.now + slot.clock.true_span(span);
        match slot.timers.iter_mut().find(|(set, _)| *set == timer) {
            Some(entry) => entry.1 = ticket,
            None => slot.timers.push((timer, ticket)),
        }
        self.plan(id, at, Happening::Timeout(timer, ticket, cause));
    }
}
