//! What the hosts of a run of services share: the history, and the clients.

use crate::Transport;
use crate::services::ServiceContext;
use pepperland_core::collections::Map;
use pepperland_core::contract::{Indication, Request};
use pepperland_core::history::{EventId, FailureModel, Header, Kind, Recorder};
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::runtime::Clients;
use pepperland_core::schedule::{Ask, Schedule, Trouble};
use pepperland_core::time::Time;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// What the hosts share.
pub struct Stage {
    pub recorder: Recorder,
    pub now: Time,
    schedule: Rc<Schedule>,
    clients: Clients,
    /// Steps, by time and the order in which they were planned.
    asks: BTreeMap<(Time, u32), u32>,
    planned: u32,
    players: Vec<Player>,
    /// The broadcast of each message.
    broadcasts: Map<MessageId, EventId>,
}

/// One node.
#[derive(Default)]
struct Player {
    incarnation: u32,
    up: bool,
    broadcasts: u32,
    last: Option<EventId>,
    requests: Option<UnboundedSender<Request<Message>>>,
}

/// Where a service reports what happened; each report is written down at once.
#[derive(Clone)]
pub struct Indications {
    stage: Rc<RefCell<Stage>>,
    node: NodeId,
}

impl Indications {
    /// The node reports something to its application: a delivery, a view, a suspicion.
    pub fn report(&self, indication: Indication<Message>) {
        self.stage.borrow_mut().report(self.node, indication);
    }

    /// Leaves a remark in the history.
    pub fn note(&self, text: &str) {
        self.stage.borrow_mut().note(self.node, text);
    }
}

impl Stage {
    pub fn new(schedule: &Schedule) -> Stage {
        let nodes = schedule.header.nodes as usize;
        let up = || Player { up: true, ..Player::default() };
        let mut stage = Stage {
            recorder: Recorder::new(header(schedule)),
            now: Time::ZERO,
            schedule: Rc::new(schedule.clone()),
            clients: Clients::new(schedule),
            asks: BTreeMap::new(),
            planned: 0,
            players: (0..nodes).map(|_| up()).collect(),
            broadcasts: Map::default(),
        };
        Clients::timed(schedule).for_each(|(at, step)| stage.plan(at, step));
        stage
    }

    fn plan(&mut self, at: Time, step: u32) {
        self.planned += 1;
        self.asks.insert((at, self.planned), step);
    }

    /// What the next incarnation of a node is given.
    pub fn context(stage: &Rc<RefCell<Stage>>, node: NodeId) -> ServiceContext {
        let (sender, requests) = unbounded_channel();
        let mut this = stage.borrow_mut();
        let groups = this.schedule.header.members();
        let nodes: Vec<NodeId> = NodeId::first(this.players.len()).collect();
        let player = &mut this.players[node.index()];
        player.requests = Some(sender);
        ServiceContext {
            node,
            incarnation: player.incarnation,
            addresses: nodes.iter().map(NodeId::to_string).collect(),
            nodes,
            groups,
            requests,
            indications: Indications { stage: stage.clone(), node },
        }
    }

    /// Clients make the requests that are due.
    pub fn ask_due(&mut self) {
        let schedule = self.schedule.clone();
        while let Some(entry) = self.asks.first_entry().filter(|e| e.key().0 <= self.now) {
            let step = &schedule.steps[entry.remove() as usize];
            let player = &mut self.players[step.node.index()];
            if !player.up {
                continue;
            }
            if !matches!(step.ask, Ask::Join { .. } | Ask::Leave { .. }) {
                player.broadcasts += 1;
            }
            let (origin, incarnation) = (step.node, player.incarnation);
            let id = MessageId { origin, incarnation, number: player.broadcasts };
            let (request, event) = self.recorder.request(self.now, step, id, player.last);
            player.last = Some(event);
            if let Request::Multicast(..) = request {
                self.clients.asked(step, id);
                self.broadcasts.insert(id, event);
            }
            // A service that no longer listens has not been asked anything it will answer.
            let _ = player.requests.as_ref().map(|requests| requests.send(request));
        }
    }

    fn note(&mut self, node: NodeId, text: &str) {
        self.recorder.note(self.now, node, text, None);
    }

    fn report(&mut self, node: NodeId, indication: Indication<Message>) {
        let mut cause = None;
        if let Indication::Deliver(delivery) = &indication {
            let id = delivery.message.id;
            cause = self.broadcasts.get(&id).copied();
            let schedule = self.schedule.clone();
            for (step, after) in self.clients.delivered(&schedule, node, id) {
                self.plan(self.now + after, step);
            }
        }
        let event = self.recorder.indication(self.now, node, indication, cause);
        self.players[node.index()].last = Some(event);
    }

    /// Whether the node's service runs.
    pub fn is_up(&self, node: NodeId) -> bool {
        self.players[node.index()].up
    }

    /// The node stops.
    pub fn crash(&mut self, node: NodeId) {
        let event = self.recorder.befell(self.now, node, Kind::Crash);
        let incarnation = self.players[node.index()].incarnation;
        self.players[node.index()] = Player { incarnation, last: Some(event), ..Player::default() };
    }

    /// The node's next incarnation is about to start.
    pub fn recover(&mut self, node: NodeId) {
        let event = self.recorder.befell(self.now, node, Kind::Recover);
        let player = &mut self.players[node.index()];
        player.incarnation += 1;
        player.up = true;
        player.last = Some(event);
    }
}

fn header(schedule: &Schedule) -> Header {
    let mut header = Header::of_schedule(Transport::Udp.runtime(), schedule);
    let restarts = schedule.disturbances.iter().any(|disturbance| {
        matches!(disturbance.trouble, Trouble::Crash { .. }) && disturbance.until.is_some()
    });
    if restarts {
        header.failure_model = FailureModel::CrashRecovery;
    }
    header
}
