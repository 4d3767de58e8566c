//! The director: before each tick it lets disturbances begin and end, stops and starts hosts,
//! then lets turmoil run the tick.

use crate::Transport;
use crate::clock::{TICK, duration, epoch};
use crate::disturbances::{Timetable, Turn, restart_of};
use crate::driver::drive;
use crate::nodes::Boot;
use crate::world::{Phase, World};
use pepperland_core::history::{History, Kind, Recorder};
use pepperland_core::id::NodeId;
use pepperland_core::runtime::State;
use pepperland_core::schedule::{Schedule, Trouble};
use pepperland_core::time::{Span, Time};
use std::cell::RefCell;
use std::rc::Rc;
use turmoil::Sim;

/// How long before a node restarts its host does, so that its connections stand by then: a
/// refused attempt, another attempt, and its acceptance.
const CONNECTING: Span = Span(4 * TICK.0);

/// How many ticks hosts may take to open their sockets.
const OPENING_LIMIT: usize = 100;

/// How many frames a socket holds: as many as there will ever be, since a full one drops silently.
const CAPACITY: usize = 1 << 20;

/// With this rate, turmoil's exponential latency has the mean of the uniform one.
pub const CURVE: f64 = 1.59;

/// The director of one run.
pub struct Director {
    schedule: Rc<Schedule>,
    world: Rc<RefCell<World>>,
    sim: Sim<'static>,
    timetable: Timetable,
    transport: Transport,
    /// For each node, when its host is to run again: none, if it runs; never, if it will not.
    stopped: Vec<Option<Time>>,
}

/// A simulation on which every message takes one tick, without the losses of full queues.
pub fn simulation(schedule: &Schedule) -> turmoil::Builder {
    let mut builder = turmoil::Builder::new();
    builder
        .rng_seed(schedule.header.seed.0)
        .epoch(epoch())
        .tick_duration(duration(TICK))
        .min_message_latency(duration(TICK))
        .max_message_latency(duration(TICK))
        .udp_capacity(CAPACITY)
        .tcp_capacity(CAPACITY);
    builder
}

/// Runs one tick. A panic in a host, which turmoil hands on as an error, goes on as that panic.
pub fn step(sim: &mut Sim<'_>) {
    if let Err(error) = sim.step() {
        match error.downcast::<tokio::task::JoinError>() {
            Ok(join) if join.is_panic() => std::panic::resume_unwind(join.into_panic()),
            Ok(join) => panic!("a host was lost: {join}"),
            Err(error) => panic!("a host failed: {error}"),
        }
    }
}

impl Director {
    pub fn new(world: World, transport: Transport) -> Director {
        let schedule = world.schedule();
        let nodes = world.nodes.len();
        let world = Rc::new(RefCell::new(world));
        let mut sim = simulation(&schedule).build();
        for node in NodeId::first(nodes) {
            let world = world.clone();
            sim.host(node.to_string(), move || drive(world.clone(), node, transport));
        }
        let timetable = Timetable::new(&schedule);
        Director { schedule, world, sim, timetable, transport, stopped: vec![None; nodes] }
    }

    /// Runs until nothing more will happen, or the schedule's end.
    pub fn run(mut self) -> History {
        self.open();
        let (end, healed) = (self.schedule.header.end, self.schedule.header.heal_at);
        let mut now = Time::ZERO;
        loop {
            if now > end {
                let patience = self.world.borrow().disturbances.patience(&self.schedule);
                return self.close().cut_off(end, patience, healed);
            }
            self.world.borrow_mut().now = now;
            self.turn(now);
            if self.timetable.is_over() && self.world.borrow().is_idle() {
                let ended = self.world.borrow().last_happening;
                return self.close().finish(ended, true);
            }
            step(&mut self.sim);
            now += TICK;
        }
    }

    fn close(self) -> Recorder {
        // Hosts hold the world as well; it is theirs until they are gone.
        drop(self.sim);
        let world = Rc::into_inner(self.world).expect("no host is left");
        world.into_inner().recorder
    }

    /// Lets every host open its sockets, then lets the nodes start, all at the first instant.
    fn open(&mut self) {
        for _ in 0..OPENING_LIMIT {
            if self.world.borrow().nodes.iter().all(|slot| slot.own.ready) {
                break;
            }
            step(&mut self.sim);
        }
        assert!(self.world.borrow().nodes.iter().all(|slot| slot.own.ready), "sockets open");
        for phase in [Phase::Starting, Phase::Running] {
            let mut world = self.world.borrow_mut();
            world.phase = phase;
            world.nodes.iter().for_each(|slot| slot.own.bell.notify_one());
            drop(world);
            if phase == Phase::Starting {
                step(&mut self.sim);
            }
        }
    }

    /// What happens before the tick at `now`.
    fn turn(&mut self, now: Time) {
        while let Some(turn) = self.timetable.due(now) {
            self.world.borrow_mut().last_happening = now;
            match turn {
                Turn::Begin(index) => self.begin(index),
                Turn::End(index) => self.end(index),
            }
        }
        self.world.borrow_mut().enter_late();
        self.stop_fallen(now);
        self.start_hosts(now);
        let mut world = self.world.borrow_mut();
        for node in NodeId::first(world.nodes.len()) {
            if world.nodes[node.index()].state == State::Down {
                world.let_pass(node, now);
            }
        }
        if world.flights.late > 0 {
            world.give_up_late();
        }
    }

    fn begin(&mut self, index: u32) {
        let mut world = self.world.borrow_mut();
        let now = world.now;
        match &self.schedule.disturbances[index as usize].trouble {
            Trouble::Crash { node, effects: None } => world.crash(*node),
            Trouble::Crash { node, effects: Some(after) } => {
                let slot = &mut world.nodes[node.index()];
                if slot.state != State::Down {
                    slot.doomed = Some(*after);
                }
            }
            Trouble::Pause { node } => world.pause(*node),
            Trouble::Strike { .. } => world.disturbances.begin(&self.schedule, index),
            Trouble::Skew { node, jump, drift } => {
                world.recorder.begin(now, &self.schedule, index);
                world.nodes[node.index()].clock.skew(now, *jump, *drift);
            }
            Trouble::Disk { node, .. } => {
                world.recorder.begin(now, &self.schedule, index);
                world.nodes[node.index()].disk.begin(&self.schedule, index);
            }
            _ => {
                world.recorder.begin(now, &self.schedule, index);
                world.disturbances.begin(&self.schedule, index);
            }
        }
    }

    fn end(&mut self, index: u32) {
        match &self.schedule.disturbances[index as usize].trouble {
            Trouble::Crash { node, .. } => self.restart(*node),
            Trouble::Pause { node } => self.world.borrow_mut().resume(*node),
            Trouble::Skew { node, .. } => {
                let mut world = self.world.borrow_mut();
                let now = world.now;
                if !self.schedule.skews(*node, now) {
                    world.nodes[node.index()].clock = Default::default();
                }
                world.recorder.heal(now, index, Some(1));
            }
            Trouble::Disk { node, .. } => {
                let mut world = self.world.borrow_mut();
                let (now, lost) = (world.now, world.nodes[node.index()].disk.end(index));
                world.recorder.heal(now, index, Some(lost));
            }
            trouble => {
                let told = !matches!(trouble, Trouble::Strike { .. });
                self.world.borrow_mut().heal(index, told);
            }
        }
    }

    /// Stops the hosts of the nodes that crashed since the last tick.
    fn stop_fallen(&mut self, now: Time) {
        let fallen = std::mem::take(&mut self.world.borrow_mut().fallen);
        for node in fallen {
            self.sim.crash(node.to_string());
            let restart = restart_of(&self.schedule, node, now).unwrap_or(Time::NEVER);
            let ahead = match self.transport {
                Transport::Udp => Span::ZERO,
                Transport::Tcp => CONNECTING,
            };
            let at = Time(restart.0.saturating_sub(ahead.0));
            self.stopped[node.index()] = Some(if restart == Time::NEVER { restart } else { at });
        }
    }

    /// Starts the hosts whose time has come.
    fn start_hosts(&mut self, now: Time) {
        for node in NodeId::first(self.stopped.len()) {
            if self.stopped[node.index()].is_some_and(|at| at <= now) {
                self.start_host(node);
            }
        }
    }

    fn start_host(&mut self, node: NodeId) {
        if self.stopped[node.index()].take().is_some() {
            self.sim.bounce(node.to_string());
        }
    }

    /// The node comes back; its host recovers it in the tick that follows.
    fn restart(&mut self, node: NodeId) {
        let now = self.world.borrow().now;
        self.stop_fallen(now);
        let down = self.world.borrow().nodes[node.index()].state == State::Down;
        if down {
            self.start_host(node);
        }
        self.world.borrow_mut().restart(node);
    }
}

impl World {
    fn pause(&mut self, node: NodeId) {
        if self.nodes[node.index()].state == State::Up {
            let event = self.recorder.befell(self.now, node, Kind::Pause);
            let slot = &mut self.nodes[node.index()];
            slot.state = State::Paused;
            slot.last = Some(event);
        }
    }

    fn resume(&mut self, node: NodeId) {
        let over = !self.schedule.pauses(node, self.now);
        if over && self.nodes[node.index()].state == State::Paused {
            let event = self.recorder.befell(self.now, node, Kind::Resume);
            self.put_off(node);
            let slot = &mut self.nodes[node.index()];
            slot.state = State::Up;
            slot.last = Some(event);
            slot.own.bell.notify_one();
        }
    }

    fn restart(&mut self, node: NodeId) {
        self.nodes[node.index()].doomed = None;
        if self.nodes[node.index()].state != State::Down {
            return;
        }
        self.let_pass(node, Time(self.now.0.saturating_sub(1)));
        let event = self.recorder.befell(self.now, node, Kind::Recover);
        let slot = &mut self.nodes[node.index()];
        slot.restart(&self.schedule, &self.build);
        slot.last = Some(event);
        slot.own.boot = Some(Boot::Recover(event));
        slot.own.bell.notify_one();
    }

    fn heal(&mut self, index: u32, told: bool) {
        let Some(healed) = self.disturbances.end(index) else { return };
        if told {
            self.recorder.heal(self.now, index, Some(healed.touched));
        }
        for place in healed.held {
            let to = self.flights.at(place).passage.to;
            self.release(place);
            self.nodes[to.index()].own.bell.notify_one();
        }
    }
}
