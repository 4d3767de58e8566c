//! The world of one run: nodes, messages on their way, disturbances at work, and what is due.

use crate::features::{OFFERED_IN_REAL_TIME, offer};
use crate::kept::{Enclosure, Keeper};
use crate::live::agenda::{Agenda, Happening};
use crate::live::clock::WallClock;
use crate::live::clocks::DialedClocks;
use crate::live::desk::Desk;
use crate::live::disks::Disks;
use crate::live::ending::LOOK_EVERY;
use crate::live::fabric::Fabric;
use crate::live::health::{Health, LATE};
use crate::live::inbox::Inbox;
use crate::live::node::{Node, State};
use crate::live::pump::{CHUNK, drain, pump};
use crate::live::send::Parcel;
use crate::live::tongues::Tongues;
use crate::live::write::Registers;
use crate::live::{Cast, Joint};
use crate::program::Program;
use crate::services::Services;
use crate::wire::Breach;
use crate::words::{Asked, Init, Numbered, Roles};
use pepperland_core::history::{Header, History, Kind, Recorder};
use pepperland_core::id::NodeId;
use pepperland_core::runtime::{Clients, Detail, Disturbances, Lies, seed_of};
use pepperland_core::schedule::{Schedule, When};
use pepperland_core::time::{Span, Time};
use std::io;
use std::ops::ControlFlow;
use tempfile::TempDir;

/// The world of one run.
pub struct World<'a> {
    pub schedule: &'a Schedule,
    pub program: &'a Program,
    pub keeper: &'a Keeper,
    pub detail: Detail,
    pub clock: WallClock,
    /// The time of what is being recorded: zero until all nodes are ready.
    pub now: Time,
    begun: bool,
    /// The sockets between the nodes, if they have any.
    pub fabric: Option<Fabric>,
    pub clocks: DialedClocks,
    pub disks: Disks,
    pub nodes: Vec<Node>,
    pub agenda: Agenda,
    pub disturbances: Disturbances<Parcel>,
    pub lies: Lies,
    pub tongues: Tongues,
    pub registers: Registers,
    /// How many messages each link has carried, by sender and receiver.
    pub carried: Vec<u32>,
    pub messages: u64,
    pub recorder: Recorder,
    pub waiting: Clients,
    pub desk: Desk,
    pub services: Services,
    pub health: Health,
    /// How often it has been looked at operations of the end.
    pub looks: u64,
    /// Set once the run is to end, with whether it was given its time.
    pub over: Option<bool>,
    /// What is read from a pipe goes through here.
    pub buffer: Vec<u8>,
    /// What has been read of nodes on sockets, and not been heard yet.
    pub inbox: Inbox,
    pub folder: TempDir,
}

/// How long a node may take to answer `init`.
const READY_LIMIT: Span = Span::seconds(10);

/// So many messages make a history that nobody can judge.
const MOST_MESSAGES: u64 = 2_000_000;

impl<'a> World<'a> {
    pub fn new(cast: &Cast<'a>, schedule: &'a Schedule, header: Header) -> io::Result<World<'a>> {
        let folder = tempfile::Builder::new().prefix("pepperland-").tempdir()?;
        let count = schedule.header.nodes as usize;
        // To an open group anybody multicasts at any time.
        let in_views = cast.in_views && !schedule.header.open;
        let node = |id: NodeId| {
            let path = folder.path().join(id.to_string());
            std::fs::create_dir(&path).map(|()| Node::new(id, path, in_views))
        };
        Ok(World {
            schedule,
            program: cast.program,
            keeper: cast.keeper,
            detail: cast.detail,
            clock: WallClock::start(),
            now: Time::ZERO,
            begun: false,
            fabric: match cast.joint {
                Joint::Lines => None,
                Joint::Sockets => Some(Fabric::new(schedule, folder.path())?),
            },
            clocks: DialedClocks::of(schedule, folder.path())?,
            disks: Disks::of(schedule, folder.path())?,
            nodes: NodeId::first(count).map(node).collect::<io::Result<_>>()?,
            agenda: Agenda::default(),
            disturbances: Disturbances::at_the_start(schedule),
            lies: Lies::of(schedule),
            tongues: Tongues::new(schedule, cast.build),
            registers: Registers::of(schedule),
            carried: vec![0; count * count],
            messages: 0,
            desk: Desk::new(count),
            recorder: Recorder::new(header),
            waiting: Clients::new(schedule),
            services: Services::new(schedule.header.seed),
            health: Health::default(),
            looks: 0,
            over: None,
            buffer: vec![0; CHUNK],
            inbox: Inbox::default(),
            folder,
        })
    }

    /// Starts every node and waits until each is ready. Time begins then.
    pub fn start(&mut self) -> io::Result<()> {
        for index in 0..self.nodes.len() {
            let id = NodeId(index as u32);
            self.launch(id)?;
            self.introduce(id);
        }
        let limit = Time::ZERO + READY_LIMIT;
        while self.nodes.iter().any(|node| node.state == State::Starting)
            && self.clock.now() < limit
        {
            self.read(limit);
        }
        self.clock = WallClock::start();
        self.begun = true;
        NodeId::first(self.nodes.len()).for_each(|id| self.tell_if_not_ready(id, 0));
        Ok(())
    }

    /// Starts a node's process, where it has its place.
    pub fn launch(&mut self, id: NodeId) -> io::Result<()> {
        let mut enclosure = match &self.fabric {
            Some(fabric) => fabric.enclosure(id, self.limits(id)),
            None => Enclosure::none(),
        };
        self.clocks.begin(id, &mut enclosure)?;
        self.disks.begin(id, &mut enclosure);
        self.nodes[id.index()].launch(self.program, self.keeper, &enclosure)
    }

    /// Tells a node who it is.
    pub fn introduce(&mut self, id: NodeId) {
        let frame = &self.schedule.header;
        let names = |nodes: &[NodeId]| nodes.iter().map(NodeId::to_string).collect::<Vec<_>>();
        let node_ids = names(&NodeId::first(self.nodes.len()).collect::<Vec<_>>());
        let groups = (1..).zip(frame.members());
        let groups = groups.map(|(n, members)| (format!("g{n}"), names(&members).into())).collect();
        let incarnation = self.nodes[id.index()].incarnation;
        let init = Init {
            node_id: id.to_string(),
            roles: Roles::of(&node_ids, frame.clients),
            node_ids,
            groups,
            open: frame.open,
            incarnation,
            seed: seed_of(frame.seed, id, incarnation),
            max_latency: (frame.network.promised_latency() + LATE).0,
            register_latency: frame.controlled.map(|network| (network.max_latency + LATE).0),
            features: self.offered().into_iter().map(str::to_owned).collect(),
            addresses: self.fabric.as_ref().map(Fabric::addresses).unwrap_or_default(),
            channel: self.fabric.as_ref().map(|_| frame.network.channel),
            ..Init::default()
        };
        let body = Numbered { asked: Asked::Init(Box::new(init)), msg_id: Some(1) };
        self.write(id, "c0", &body);
    }

    /// What programs may ask for.
    pub fn offered(&self) -> Vec<&'static str> {
        offer(&OFFERED_IN_REAL_TIME, self.schedule.header.controlled.is_some())
    }

    /// Plans what the schedule says, and lets it happen, until the run has had enough or its bound
    /// has come.
    pub fn live(&mut self, enough: &dyn Fn(&History) -> bool) {
        self.plan();
        loop {
            self.look_at_the_clock();
            while let Some((at, what)) = self.agenda.due(self.now) {
                self.health.late(self.now.since(at));
                self.happen(what, enough);
                self.look_at_the_clock();
            }
            if self.messages > MOST_MESSAGES {
                self.stop_short();
            }
            let bound = self.bound();
            if self.over.is_some() || self.now > bound {
                break;
            }
            let next = self.agenda.next().unwrap_or(bound);
            self.read(next.min(bound + Span::millis(1)));
            self.expire_operations();
        }
    }

    /// The run ends before its time: too much has happened.
    fn stop_short(&mut self) {
        let most = self.carried.iter().enumerate().max_by_key(|(_, count)| **count);
        let from = most.map_or(0, |(link, _)| link / self.nodes.len());
        let text = format!("the run ends here, after {MOST_MESSAGES} messages");
        self.breach(NodeId(from as u32), Breach::Floods, &text);
        self.over = Some(false);
    }

    fn plan(&mut self) {
        for (index, disturbance) in (0..).zip(&self.schedule.disturbances) {
            let (begin, end) = disturbance.window(&self.schedule.header);
            self.agenda.plan(begin, Happening::Begin(index));
            if let Some(end) = end.filter(|end| *end < Time::NEVER) {
                self.agenda.plan(end, Happening::End(index));
            }
        }
        for (at, step) in Clients::timed(self.schedule) {
            self.agenda.plan(at, Happening::Ask(step));
        }
        let instants = self.schedule.steps.iter().filter_map(|step| match step.when {
            When::At(at) => Some(at),
            When::Upon { .. } => None,
        });
        let last = instants.max().unwrap_or_default().max(self.schedule.header.heal_at);
        self.agenda.plan(last + LOOK_EVERY, Happening::Look);
    }

    fn happen(&mut self, what: Happening, enough: &dyn Fn(&History) -> bool) {
        match what {
            Happening::Ask(step) => self.ask(step),
            Happening::Arrive(parcel) => self.arrive(parcel),
            Happening::Enter(write) => self.enter(write),
            Happening::Read(node) => self.read_register(node),
            Happening::Begin(index) => self.begin(index),
            Happening::End(index) => self.end_of(index),
            Happening::Readiness(node, incarnation) => self.tell_if_not_ready(node, incarnation),
            Happening::Stop(node, group, view) => self.stop(node, group, view),
            Happening::Look => self.look(enough),
        }
    }

    fn look_at_the_clock(&mut self) {
        if self.begun {
            self.now = self.clock.now();
        }
    }

    /// Reads what the nodes write, until something is due.
    fn read(&mut self, until: Time) {
        let wait = match self.inbox.is_empty() {
            true => until.since(self.clock.now()),
            false => Span::ZERO,
        };
        let heard = pump(&mut self.nodes, &mut self.buffer, wait);
        self.look_at_the_clock();
        match self.fabric {
            Some(_) => self.hear_in_order(&heard.wrote),
            None => heard.wrote.iter().for_each(|node| self.take_lines(*node)),
        }
        self.see_to(heard.errors, heard.closed);
    }

    /// What came out of pipes besides lines.
    pub fn see_to(&mut self, errors: Vec<(NodeId, Vec<u8>)>, closed: Vec<NodeId>) {
        for (node, bytes) in errors {
            self.nodes[node.index()].log.push(&bytes);
        }
        for node in closed {
            self.take_end(node);
        }
    }

    /// Everything that a node has written so far is heard, and on sockets whatever came before that.
    pub fn take_lines(&mut self, id: NodeId) {
        if self.fabric.is_some() {
            return self.hear_in_order(&[id]);
        }
        while let Some(line) = self.nodes[id.index()].lines.take().map(<[u8]>::to_vec) {
            if self.hear_one(id, &line).is_break() {
                return;
            }
        }
    }

    /// Hears one line, unless the node was to crash before it had written that.
    pub fn hear_one(&mut self, id: NodeId, line: &[u8]) -> ControlFlow<()> {
        if self.nodes[id.index()].doomed == Some(0) && self.fabric.is_some() {
            self.crash_with(id, line);
            return ControlFlow::Continue(());
        }
        if self.nodes[id.index()].doomed == Some(0) {
            self.crash_midway(id);
            return ControlFlow::Break(());
        }
        self.hear(id, line);
        let node = &mut self.nodes[id.index()];
        node.doomed = node.doomed.map(|left| left.saturating_sub(1));
        ControlFlow::Continue(())
    }

    /// A node that nobody has killed has closed its standard output.
    fn take_end(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        if !node.lives() {
            return;
        }
        drain(node);
        node.state = State::Gone;
        node.outbox.clear();
        let Some(mut kept) = node.kept.take() else { return };
        let exit = kept.ended_within(std::time::Duration::from_millis(500));
        if self.was_starved(id, exit) {
            self.nodes[id.index()].state = State::Down;
            return self.befell(id, Kind::Crash);
        }
        let how = match exit {
            Some(exit) => format!("it ended by itself: {exit}"),
            None => "it closed its standard output".to_owned(),
        };
        let left = match kept.left_behind() {
            0 => String::new(),
            count => format!(", and left {count} processes behind"),
        };
        self.breach(id, Breach::Exit, &format!("{how}{left}"));
    }

    /// If a node is not ready in time, it is told of.
    pub fn await_readiness(&mut self, id: NodeId) {
        let incarnation = self.nodes[id.index()].incarnation;
        self.agenda.plan(self.now + READY_LIMIT, Happening::Readiness(id, incarnation));
    }

    fn tell_if_not_ready(&mut self, id: NodeId, incarnation: u32) {
        let node = &self.nodes[id.index()];
        if node.state == State::Starting && node.incarnation == incarnation {
            self.breach(id, Breach::NotReady, "it has not answered init within 10 s");
        }
    }

    /// An event that befell a node.
    pub fn befell(&mut self, id: NodeId, kind: Kind) {
        let event = self.recorder.befell(self.now, id, kind);
        self.nodes[id.index()].last = Some(event);
    }
}
