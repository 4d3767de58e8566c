//! The nodes of a run: what runs on them, what awaits them, and the state they are in.

use pepperland_core::clock::LocalClock;
use pepperland_core::contract::{Host, Node, Timer};
use pepperland_core::history::EventId;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::schedule::Schedule;
use pepperland_core::time::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;
use tokio::sync::Notify;

/// Builds one node.
pub type Build = fn(&Setup<'_>) -> Box<dyn Node>;

/// Something that will happen at a node.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Happening {
    /// A client makes the request of a step.
    Ask(u32),
    /// A frame arrives.
    Arrive(u32),
    /// A timer runs out, if it has not been set anew or cancelled.
    Timeout(Timer, u32, Option<EventId>),
}

/// The state a node is in.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum State {
    Up,
    Paused,
    Down,
}

/// What a node has yet to do before anything else.
#[derive(Copy, Clone, Debug)]
pub enum Boot {
    /// Start for the first time.
    Start,
    /// Recover, caused by this event.
    Recover(EventId),
}

/// One node of the run.
pub struct Slot {
    pub node: Box<dyn Node>,
    pub host: Host,
    pub state: State,
    pub clock: LocalClock,
    pub boot: Option<Boot>,
    /// Broadcasts of this incarnation so far.
    pub broadcasts: u32,
    /// Timers that are set, with the ticket by which their expiry is known.
    pub timers: Vec<(Timer, u32)>,
    /// A crash within the next handler that has more effects than this.
    pub doomed: Option<u32>,
    /// The last event recorded at the node.
    pub last: Option<EventId>,
    /// What will happen, by time; at one time, in the order in which it was planned.
    pub agenda: BinaryHeap<Reverse<(Time, u32, Happening)>>,
    /// Wakes the node's host.
    pub bell: Rc<Notify>,
    /// Whether its sockets are open.
    pub ready: bool,
}

impl Slot {
    /// Builds every node of a schedule.
    pub fn build_all(schedule: &Schedule, build: Build) -> Vec<Slot> {
        let nodes = schedule.header.nodes as usize;
        let everyone: Rc<[NodeId]> = NodeId::first(nodes).collect();
        let groups: Rc<[Rc<[NodeId]>]> = [everyone].into();
        let streams = schedule.header.seed;
        let host = |id: NodeId| {
            Host::new(id, groups.clone(), streams.child("node", id.0.into()).stream(""))
        };
        NodeId::first(nodes).map(|id| Slot::new(build(&setup(schedule, id)), host(id))).collect()
    }

    fn new(node: Box<dyn Node>, host: Host) -> Slot {
        Slot {
            node,
            host,
            state: State::Up,
            clock: LocalClock::default(),
            boot: Some(Boot::Start),
            broadcasts: 0,
            timers: Vec::new(),
            doomed: None,
            last: None,
            agenda: BinaryHeap::new(),
            bell: Rc::new(Notify::new()),
            ready: false,
        }
    }

    /// The next incarnation: a new node on the old stable storage.
    pub fn restart(&mut self, node: Box<dyn Node>) {
        self.node = node;
        self.host.restart();
        self.state = State::Up;
        self.broadcasts = 0;
    }

    /// The node stops: its timers are lost.
    pub fn stop(&mut self) {
        self.state = State::Down;
        self.doomed = None;
        self.boot = None;
        self.timers.clear();
    }

    /// The name of the next message of this incarnation.
    pub fn mint(&mut self) -> MessageId {
        self.broadcasts += 1;
        let (origin, incarnation) = (self.host.me, self.host.incarnation);
        MessageId { origin, incarnation, number: self.broadcasts }
    }

    /// What is due first, if it is due by `now`.
    pub fn due(&mut self, now: Time) -> Option<(Time, u32, Happening)> {
        let first = self.agenda.peek().filter(|Reverse((at, ..))| *at <= now);
        first?;
        self.agenda.pop().map(|Reverse(entry)| entry)
    }

    /// When the next thing is due.
    pub fn next(&self) -> Option<Time> {
        self.agenda.peek().map(|Reverse((at, ..))| *at)
    }
}

/// What one node of a schedule is built from.
pub fn setup(schedule: &Schedule, node: NodeId) -> Setup<'_> {
    let nodes = schedule.header.nodes as usize;
    Setup { node, nodes, flaw: schedule.header.flaw.as_deref() }
}
