//! A process as a node.

use crate::features::{OFFERED, offer};
use crate::kept::Keeper;
use crate::mouthpiece::Mouthpiece;
use crate::program::Program;
use crate::stepped::broken::Broken;
use crate::stepped::fleet::{Logs, Tenancy};
use crate::stepped::names::Disk;
use crate::stepped::pipes::Pipes;
use crate::stepped::reader::{Open, Reader};
use crate::stepped::timed::timed_line;
use crate::wire::over_network;
use crate::words::{Asked, HARNESS, Init, Numbered, Roles, value};
use pepperland_core::contract::{Effect, Garbled, Host, Node, Request, Timer, flip};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::runtime::seed_of;
use pepperland_core::seed::Seed;
use pepperland_core::time::Span;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// So many lines are given to one process.
const MOST_LINES: u64 = 2_000_000;

/// A process as a node: each handler gives it one line, and takes what it writes until it is done.
pub struct Remote {
    process: Result<Pipes, Option<Broken>>,
    reader: Reader,
    birth: Birth,
    /// Given up with the process.
    tenancy: Option<Rc<Tenancy>>,
    asked: i64,
    lines: u64,
    logs: Logs,
}

/// What a process is told of the run when it begins.
pub struct Birth {
    /// Which node it is.
    pub node: NodeId,
    /// How many there are.
    pub nodes: usize,
    /// What no message takes longer than while nothing disturbs it.
    pub max_latency: Span,
    /// What no write to a register takes longer than, where there is a controlled network.
    pub register_latency: Option<Span>,
    /// How many of them are clients, the first ones.
    pub clients: u32,
    /// Who speaks for it, if it is a node of the library.
    pub mouthpiece: Option<Mouthpiece>,
    /// The seed of the run, from which each node's own derive.
    pub root: Seed,
    /// How long it may take for an answer, in real time.
    pub patience: Duration,
}

impl Remote {
    /// Starts a process in a folder. It is spoken to when the run begins.
    pub fn start(
        program: &Program,
        keeper: &Keeper,
        folder: &Path,
        (mut birth, tenancy): (Birth, Rc<Tenancy>),
        logs: Logs,
    ) -> Remote {
        let reader = Reader {
            nodes: birth.nodes,
            has_registers: birth.register_latency.is_some(),
            mouthpiece: birth.mouthpiece.take(),
            ..Reader::default()
        };
        let process = Pipes::start(program, keeper, folder).map_err(Some);
        Remote { process, reader, birth, tenancy: Some(tenancy), asked: 0, lines: 0, logs }
    }

    /// Tells the process who it is.
    fn begin(&mut self, host: &mut Host) {
        let (disk, storage) = Disk::read(&host.stable);
        self.reader.disk = disk;
        let init = Asked::Init(Box::new(self.init(host, storage)));
        let body = self.number(init, Open::Init);
        self.give("c0", &body, host);
        if let Err(wrong) = self.agreed() {
            self.break_off(wrong, host);
        }
    }

    fn init(&self, host: &Host, storage: Map<String, Value>) -> Init {
        let names = |nodes: &[NodeId]| nodes.iter().map(NodeId::to_string).collect::<Vec<_>>();
        let groups = (0..).map(GroupId).zip(host.groups.iter());
        let node_ids = names(&NodeId::first(self.birth.nodes).collect::<Vec<_>>());
        let offered = offer(&OFFERED, self.reader.has_registers);
        Init {
            node_id: self.birth.node.to_string(),
            roles: Roles::of(&node_ids, self.birth.clients),
            node_ids,
            groups: groups.map(|(group, of)| (group.to_string(), names(of).into())).collect(),
            open: host.open,
            incarnation: host.incarnation,
            seed: seed_of(self.birth.root, self.birth.node, host.incarnation),
            max_latency: self.birth.max_latency.0,
            register_latency: self.birth.register_latency.map(|span| span.0),
            features: offered.into_iter().map(str::to_owned).collect(),
            storage,
            ..Init::default()
        }
    }

    /// What it has asked for, if that is enough to live in virtual time.
    fn agreed(&self) -> Result<(), Broken> {
        if self.process.is_err() {
            return Ok(());
        }
        let unfit = match (self.reader.ready, self.reader.features.time) {
            (true, true) => return Ok(()),
            (true, false) => "but has not asked for the feature \"time\"",
            (false, _) => "but has not answered init",
        };
        Err(Broken::rubbish(b"done", unfit))
    }

    /// A request with its number, to be answered.
    fn number(&mut self, asked: Asked, open: Open) -> Numbered {
        self.asked += 1;
        self.reader.open.insert(self.asked, open);
        Numbered { asked, msg_id: Some(self.asked) }
    }

    /// Gives the process a line, and takes what it does upon it.
    fn give(&mut self, src: &str, body: &impl Serialize, host: &mut Host) {
        let Ok(pipes) = &mut self.process else {
            if let Err(reason @ Some(_)) = &mut self.process {
                let told =
                    |broken: Broken| Effect::Breach(broken.breach().word(), broken.to_string());
                host.effects.list.extend(reason.take().map(told));
            }
            return;
        };
        self.lines += 1;
        if self.lines > MOST_LINES {
            return self.break_off(Broken::Endless(MOST_LINES), host);
        }
        let line = timed_line(src, &self.birth.node.to_string(), host.now, body);
        let (reader, patience) = (&mut self.reader, self.birth.patience);
        if let Err(broken) = pipes.exchange(&line, patience, |line| reader.read(line, host)) {
            self.break_off(broken, host);
        }
    }

    /// The process's part in the run is over. What it did before stands, unless it is a flood.
    #[cold]
    fn break_off(&mut self, broken: Broken, host: &mut Host) {
        let Ok(pipes) = &mut self.process else { return };
        let words = match pipes.last_words() {
            none if none.is_empty() => String::new(),
            words => format!("; the last of its log:\n{words}"),
        };
        if let Broken::Floods(_) = broken {
            host.forget_effects();
        }
        let what = broken.breach().word();
        host.effects.list.push(Effect::Breach(what, format!("{broken}{words}")));
        self.give_up();
    }

    /// The process is gone; its log is kept.
    fn give_up(&mut self) {
        self.tenancy = None;
        if let Ok(mut pipes) = std::mem::replace(&mut self.process, Err(None)) {
            let log = pipes.log();
            if !log.is_empty() {
                self.logs.borrow_mut().entry(self.birth.node).or_default().push(&log);
            }
        }
    }

    /// An operation as a request of a client of its own, to a program that knows no `invoke`.
    fn operate(&mut self, operation: u64, op: &str, host: &mut Host) {
        let mut body = Map::new();
        match value(op) {
            Value::Object(mut fields) => {
                body.insert("type".to_owned(), fields.shift_remove("f").unwrap_or_default());
                body.extend(fields);
            }
            word => drop(body.insert("type".to_owned(), word)),
        }
        self.asked += 1;
        self.reader.open.insert(self.asked, Open::Operation(operation));
        body.insert("msg_id".to_owned(), self.asked.into());
        let client = format!("c{}", operation as u32);
        self.give(&client, &body, host);
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl Node for Remote {
    fn start(&mut self, host: &mut Host) {
        self.begin(host);
    }

    fn request(&mut self, request: Request<Message>, host: &mut Host) {
        let word = request.name();
        if let Request::Invoke { operation, value: op } = &request {
            if !self.reader.features.invoke {
                let op = String::from_utf8_lossy(&op.body.0).into_owned();
                return self.operate(*operation, &op, host);
            }
            self.reader.sense.invoked(*operation);
        }
        if matches!(request, Request::BlockOk(..)) && !self.reader.features.views {
            return;
        }
        let Some(asked) = Asked::of(&request) else {
            return host.effects.list.push(Effect::Refuse(word));
        };
        let body = self.number(asked, Open::Request(word));
        self.give(HARNESS, &body, host);
    }

    fn receive(&mut self, from: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled> {
        if let Some(mouthpiece) = &self.reader.mouthpiece {
            let body = mouthpiece.body(host.arrived_over, frame);
            self.give(&from.to_string(), &body, host);
            return Ok(());
        }
        if frame.contains(&b'\n') {
            return Err(Garbled);
        }
        if self.reader.has_registers {
            let body = over_network(frame, host.arrived_over).ok_or(Garbled)?;
            self.give(&from.to_string(), &body, host);
            return Ok(());
        }
        let body: &RawValue = serde_json::from_slice(frame).map_err(|_| Garbled)?;
        self.give(&from.to_string(), &body, host);
        Ok(())
    }

    fn timeout(&mut self, timer: Timer, host: &mut Host) {
        let timer = self.reader.timers.name(timer);
        let body = Numbered { asked: Asked::Timer { timer }, msg_id: None };
        self.give(HARNESS, &body, host);
    }

    fn recover(&mut self, host: &mut Host) {
        self.begin(host);
    }

    fn corrupt(&self, frame: &[u8], bit: u64) -> Vec<u8> {
        match &self.reader.mouthpiece {
            Some(mouthpiece) => mouthpiece.node().corrupt(frame, bit),
            None => self.mutate(frame, bit).unwrap_or_else(|| flip(frame, bit)),
        }
    }

    fn reseal(&self, to: NodeId, frame: &[u8]) -> Option<Vec<u8>> {
        self.reader.mouthpiece.as_ref()?.node().reseal(to, frame)
    }

    fn stop(&mut self) {
        self.give_up();
    }

    fn describe(&self, frame: &[u8]) -> Result<Value, Garbled> {
        match &self.reader.mouthpiece {
            Some(mouthpiece) => mouthpiece.node().describe(frame),
            None => serde_json::from_slice(frame).map_err(|_| Garbled),
        }
    }

    fn frame(&self, described: Value) -> Result<Vec<u8>, Garbled> {
        match &self.reader.mouthpiece {
            Some(mouthpiece) => mouthpiece.node().frame(described),
            None => Ok(described.to_string().into_bytes()),
        }
    }
}
