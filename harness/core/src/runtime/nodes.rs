//! The nodes of a run: what runs on them, and the state they are in.

use crate::clock::LocalClock;
use crate::contract::{Effect, Host, Indication, Node, StableKey, Timer};
use crate::history::{DeliveryContract, EventId};
use crate::id::{MessageId, NodeId};
use crate::implementation::Setup;
use crate::runtime::{Application, FailingDisk, Guarded};
use crate::schedule::{Ask, Schedule, Step};
use crate::seed::Seed;
use crate::time::Time;
use std::rc::Rc;

/// Builds one node.
pub type Build<'a> = &'a dyn Fn(&Setup<'_>) -> Box<dyn Node>;

/// One node of a run. `Own` is what only one runtime keeps of it.
pub struct Slot<Own> {
    /// What runs there.
    pub node: Box<Guarded>,
    /// Its surroundings.
    pub host: Host,
    /// The state it is in.
    pub state: State,
    /// Its clock.
    pub clock: LocalClock,
    /// Timers that are set, each with the ticket by which its expiry is known.
    pub timers: Vec<(Timer, u32)>,
    /// A crash within the next handler that has more effects than this.
    pub doomed: Option<u32>,
    /// The last event recorded at the node.
    pub last: Option<EventId>,
    /// The application above it.
    pub application: Application,
    /// What its disk would lose in a crash.
    pub disk: FailingDisk,
    /// What the runtime keeps besides.
    pub own: Own,
    /// Messages of this incarnation so far.
    minted: u32,
}

/// The state a node is in.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum State {
    /// It runs.
    Up,
    /// It stands still, and everything waits for it.
    Paused,
    /// It has crashed.
    Down,
}

impl<Own: Default> Slot<Own> {
    /// Every node of a schedule. `in_views`: applications multicast only in views, unless groups
    /// are open.
    pub fn build_all(schedule: &Schedule, build: Build<'_>, in_views: bool) -> Vec<Slot<Own>> {
        Slot::build(schedule, build, in_views, NodeId::first(schedule.header.nodes as usize))
    }

    /// These nodes of a schedule.
    pub fn build(
        schedule: &Schedule,
        build: Build<'_>,
        in_views: bool,
        nodes: impl Iterator<Item = NodeId>,
    ) -> Vec<Slot<Own>> {
        let groups: Rc<[Rc<[NodeId]>]> =
            schedule.header.members().into_iter().map(Rc::from).collect();
        let host = |id: NodeId| {
            let stream = seed_of(schedule.header.seed, id, 0).stream("");
            let mut host = Host::new(id, groups.clone(), stream);
            host.open = schedule.header.open;
            host
        };
        let slot = |id: NodeId| Slot {
            node: Guarded::new(build, &setup_of(schedule, id)),
            host: host(id),
            state: State::Up,
            clock: LocalClock::default(),
            timers: Vec::new(),
            doomed: None,
            last: None,
            application: Application::new(in_views && !schedule.header.open)
                .taking(schedule.header.stops_within, schedule.header.seed),
            disk: FailingDisk::default(),
            own: Own::default(),
            minted: 0,
        };
        nodes.map(slot).collect()
    }
}

impl<Own> Slot<Own> {
    /// The next incarnation: a new node on the old stable storage.
    pub fn restart(&mut self, schedule: &Schedule, build: Build<'_>) {
        self.node = Guarded::new(build, &setup_of(schedule, self.host.me));
        self.host.restart();
        self.host.stream =
            seed_of(schedule.header.seed, self.host.me, self.host.incarnation).stream("");
        self.state = State::Up;
        self.minted = 0;
    }

    /// A write reaches the disk, which may yet lose it.
    pub fn store(&mut self, now: Time, key: StableKey, bytes: Vec<u8>) {
        self.disk.takes(now, key, &self.host.stable);
        self.host.stable.perform(key, bytes);
    }

    /// The node stops, and its timers are lost, and what a failing disk loses.
    pub fn stop(&mut self, now: Time) {
        self.disk.crash(now, &mut self.host.stable);
        self.state = State::Down;
        self.node.stop();
        self.application.restart();
        self.doomed = None;
        self.timers.clear();
    }

    /// After how many of these effects the node crashes, if it is doomed and there are enough of
    /// them. Where deliveries are logged, the log is what delivers: no crash falls between a write
    /// and the delivery that it is followed by.
    pub fn crashes_after(&self, effects: &[Effect], delivery: DeliveryContract) -> Option<usize> {
        let after = self.doomed.map(|after| after as usize).filter(|a| effects.len() > *a)?;
        let around = after.checked_sub(1).map(|before| &effects[before..=after]);
        let logs =
            matches!(around, Some([Effect::Store(..), Effect::Indicate(Indication::Deliver(_))]));
        Some(if logs && delivery == DeliveryContract::Logged { after + 1 } else { after })
    }

    /// The name of what a step asks for. Multicasts are numbered without gaps in each incarnation;
    /// any other request goes by the number of its step.
    pub fn name(&mut self, step: &Step) -> MessageId {
        let (origin, incarnation) = (self.host.me, self.host.incarnation);
        let number = match step.ask {
            Ask::Multicast { .. } => {
                self.minted += 1;
                self.minted
            }
            _ => step.id + 1,
        };
        MessageId { origin, incarnation, number }
    }
}

/// The seed of a node's own random stream in a run of a seed: each incarnation has one of its own,
/// since a process that has crashed cannot know how far it had come in the last.
pub fn seed_of(run: Seed, node: NodeId, incarnation: u32) -> Seed {
    let first = run.child("node", node.0.into());
    match incarnation {
        0 => first,
        later => first.child("incarnation", later.into()),
    }
}

/// What a node of a schedule is built from.
pub fn setup_of(schedule: &Schedule, node: NodeId) -> Setup<'_> {
    let nodes = schedule.header.nodes as usize;
    let max_latency = schedule.header.network.promised_latency();
    let register_latency = schedule.header.register_latency();
    let flaw = schedule.header.flaw.as_deref();
    Setup { node, nodes, flaw, max_latency, register_latency }
}
