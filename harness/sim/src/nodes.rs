//! The nodes of a run: what runs on them, and the state they are in.

use crate::queue::Happening;
use pepperland_core::clock::LocalClock;
use pepperland_core::contract::{Host, Node, Timer};
use pepperland_core::history::EventId;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::schedule::Schedule;
use std::rc::Rc;

/// One node of the run.
pub struct Slot {
    pub node: Box<dyn Node>,
    pub host: Host,
    pub state: State,
    pub clock: LocalClock,
    /// Broadcasts of this incarnation so far.
    pub broadcasts: u32,
    /// Timers that are set, with the ticket by which their expiry is known.
    pub timers: Vec<(Timer, u32)>,
    /// A crash within the next handler that has more effects than this.
    pub doomed: Option<u32>,
    /// What waits for a paused node.
    pub waiting: Vec<Happening>,
    /// The last event recorded at the node.
    pub last: Option<EventId>,
}

/// The state a node is in.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum State {
    Up,
    Paused,
    Down,
}

/// A timer that was set: what the queue leads to when it runs out.
#[derive(Copy, Clone, Debug)]
pub struct Ticket {
    pub node: NodeId,
    pub timer: Timer,
    pub cause: Option<EventId>,
}

impl Slot {
    /// Builds every node of a schedule.
    pub fn build_all(schedule: &Schedule, implementation: &Implementation) -> Vec<Slot> {
        let nodes = schedule.header.nodes as usize;
        let everyone: Rc<[NodeId]> = NodeId::first(nodes).collect();
        let groups: Rc<[Rc<[NodeId]>]> = [everyone].into();
        let streams = schedule.header.seed;
        NodeId::first(nodes)
            .map(|id| Slot {
                node: build(schedule, implementation, id),
                host: Host::new(id, groups.clone(), streams.child("node", id.0.into()).stream("")),
                state: State::Up,
                clock: LocalClock::default(),
                broadcasts: 0,
                timers: Vec::new(),
                doomed: None,
                waiting: Vec::new(),
                last: None,
            })
            .collect()
    }

    /// The next incarnation: a new node on the old stable storage.
    pub fn restart(&mut self, node: Box<dyn Node>) {
        self.node = node;
        self.host.restart();
        self.state = State::Up;
        self.broadcasts = 0;
    }

    /// The node stops: timers and whatever waited for it are lost.
    pub fn stop(&mut self) {
        self.state = State::Down;
        self.doomed = None;
        self.timers.clear();
        self.waiting.clear();
    }

    /// The name of the next message of this incarnation.
    pub fn mint(&mut self) -> MessageId {
        self.broadcasts += 1;
        MessageId {
            origin: self.host.me,
            incarnation: self.host.incarnation,
            number: self.broadcasts,
        }
    }
}

/// Builds one node as the schedule asks.
pub fn build(schedule: &Schedule, implementation: &Implementation, node: NodeId) -> Box<dyn Node> {
    let nodes = schedule.header.nodes as usize;
    (implementation.build)(&Setup { node, nodes, flaw: schedule.header.flaw.as_deref() })
}
