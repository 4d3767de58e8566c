//! The world of one run, which all hosts share: nodes, frames on their way, disturbances at work.

use crate::clock::tick_of;
use crate::flights::Flights;
use crate::nodes::{Happening, Slot};
use crate::registers::Registers;
use pepperland_core::contract::Node;
use pepperland_core::history::{EventId, Header, Kind, Recorder};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::runtime::{Clients, Detail, Disturbances, Lies, State};
use pepperland_core::schedule::Schedule;
use pepperland_core::time::{Span, Time};
use std::cmp::Reverse;
use std::rc::Rc;

/// How far the run has got.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Hosts open their sockets.
    Opening,
    /// Nodes start.
    Starting,
    /// Time passes.
    Running,
}

/// The world of one run.
pub struct World {
    pub schedule: Rc<Schedule>,
    pub detail: Detail,
    pub phase: Phase,
    pub recorder: Recorder,
    pub now: Time,
    pub nodes: Vec<Slot>,
    pub flights: Flights,
    pub disturbances: Disturbances<u32>,
    pub lies: Lies,
    pub registers: Registers,
    pub clients: Clients,
    pub frames_sent: u64,
    /// How many messages each link has carried, by sender and receiver.
    pub carried: Vec<u32>,
    /// Nodes that crashed in a handler, whose hosts still run.
    pub fallen: Vec<NodeId>,
    /// When something last happened.
    pub last_happening: Time,
    pub build: fn(&Setup<'_>) -> Box<dyn Node>,
    planned: u32,
}

impl World {
    pub fn new(
        schedule: &Schedule,
        header: Header,
        implementation: &Implementation,
        detail: Detail,
    ) -> World {
        let build = implementation.build;
        let nodes = schedule.header.nodes as usize;
        let mut world = World {
            schedule: Rc::new(schedule.clone()),
            detail,
            phase: Phase::Opening,
            recorder: Recorder::new(header),
            now: Time::ZERO,
            nodes: Slot::build_all(schedule, &build, implementation.model.views),
            flights: Flights::default(),
            disturbances: Disturbances::at_the_start(schedule),
            lies: Lies::of(schedule),
            registers: Registers::default(),
            clients: Clients::new(schedule),
            frames_sent: 0,
            carried: vec![0; nodes * nodes],
            fallen: Vec::new(),
            last_happening: Time::ZERO,
            build,
            planned: 0,
        };
        for (at, step) in Clients::timed(schedule) {
            world.plan(schedule.steps[step as usize].node, at, Happening::Ask(step));
        }
        world
    }

    /// Leaves a remark at a node.
    pub fn note(&mut self, node: NodeId, text: &str, cause: Option<EventId>) {
        self.recorder.note(self.now, node, text, cause);
    }

    /// The schedule, to be held beside the world.
    pub fn schedule(&self) -> Rc<Schedule> {
        self.schedule.clone()
    }

    /// The next turn in the order of what is planned.
    pub fn turn(&mut self) -> u32 {
        self.planned += 1;
        self.planned
    }

    /// Plans something at a node.
    pub fn plan(&mut self, node: NodeId, at: Time, what: Happening) {
        let turn = self.turn();
        self.nodes[node.index()].own.agenda.push(Reverse((at, turn, what)));
    }

    /// What was due at a node before now, and could not happen, is planned for now.
    pub fn put_off(&mut self, node: NodeId) {
        let before = Time(self.now.0.saturating_sub(1));
        let post = &mut self.nodes[node.index()].own;
        let waiting: Vec<_> = std::iter::from_fn(|| post.due(before)).collect();
        for (_, _, what) in waiting {
            self.plan(node, self.now, what);
        }
    }

    /// Whether nothing is left to happen at any node.
    pub fn is_idle(&self) -> bool {
        let idle = |slot: &Slot| slot.own.agenda.is_empty() && slot.own.boot.is_none();
        self.flights.late == 0 && self.registers.are_at_rest() && self.nodes.iter().all(idle)
    }

    /// The node stops, now. What waited for it is lost.
    pub fn crash(&mut self, id: NodeId) {
        if self.nodes[id.index()].state == State::Down {
            return;
        }
        let event = self.recorder.befell(self.now, id, Kind::Crash);
        let slot = &mut self.nodes[id.index()];
        slot.stop(self.now);
        slot.own.boot = None;
        slot.own.ready = false;
        slot.last = Some(event);
        self.fallen.push(id);
        self.let_pass(id, Time(self.now.0.saturating_sub(1)));
    }

    /// What is due at a node that is down, up to an instant, happens without it.
    pub fn let_pass(&mut self, id: NodeId, until: Time) {
        while let Some((at, _, what)) = self.nodes[id.index()].own.due(until) {
            match what {
                Happening::Arrive(place) => self.turn_away(place),
                Happening::Read => self.read_by_nobody(id),
                _ => {}
            }
            self.last_happening = self.last_happening.max(tick_of(at));
        }
    }

    /// How long until something is due at the node; nothing, if only others can wake it.
    pub fn rest(&self, id: NodeId) -> Option<Span> {
        let slot = &self.nodes[id.index()];
        let awake = slot.state == State::Up && self.phase == Phase::Running;
        let next = slot.own.next().filter(|_| awake)?;
        Some(tick_of(next).since(self.now))
    }
}
