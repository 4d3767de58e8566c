//! Small random histories of what the common ones of multicasts do not show: messages that come
//! early or to the wrong group, frames and buffers, members that come and go, clients, anycast.

use crate::crosscheck::Small;
use pepperland_core::history::{
    Clock, FailureModel, Header, Kind, Recorder, Transmission, ViewInstall, ViewName,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::{Value, json};

const NODES: usize = 3;

/// Draws of one step: what, at which node, about which message, and how.
type Step = (u32, usize, usize, u32);

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..100_u32, 0..NODES, 0..4_usize, 0..8_u32), 0..most)
}

/// How a history is set up.
#[derive(Clone, Debug)]
struct Setup {
    two_groups: bool,
    liar: bool,
    recovery: bool,
    complete: bool,
    real: bool,
    number: u64,
}

fn setup() -> impl Strategy<Value = Setup> {
    let rare = || prop::bool::weighted(0.15);
    let flags = (prop::bool::ANY, rare(), prop::bool::ANY, prop::bool::weighted(0.9), rare());
    (flags, 0..8_u64).prop_map(|((two_groups, liar, recovery, complete, real), number)| Setup {
        two_groups,
        liar,
        recovery,
        complete,
        real,
        number,
    })
}

/// A history that is being written. Every event takes one instant.
struct Draft {
    recorder: Recorder,
    now: u64,
    up: [bool; NODES],
    recovery: bool,
    frames: u64,
    broadcast: [bool; 4],
}

/// The group of a message: even ones go to the first.
fn group(message: usize) -> usize {
    message % 2
}

fn id(message: usize) -> MessageId {
    let origin = NodeId((message % NODES) as u32);
    MessageId { origin, incarnation: 0, number: (message / NODES) as u32 + 1 }
}

impl Draft {
    fn new(setup: &Setup) -> Draft {
        let names: Vec<String> = (1..=NODES).map(|n| format!("n{n}")).collect();
        let mut header = Header::new(names.clone());
        if setup.two_groups {
            header.groups.insert("g".into(), names[..2].to_vec());
            header.groups.insert("h".into(), names[1..].to_vec());
        }
        if setup.liar {
            header.byzantine = vec!["n3".into()];
        }
        if setup.recovery {
            header.failure_model = FailureModel::CrashRecovery;
        }
        header.complete = setup.complete;
        header.clock = if setup.real { Clock::Real } else { Clock::Virtual };
        header.clock_error = setup.real.then_some(setup.number);
        let recorder = Recorder::new(header);
        let (up, broadcast) = ([true; NODES], [false; 4]);
        Draft { recorder, now: 0, up, recovery: setup.recovery, frames: 0, broadcast }
    }

    fn tick(&mut self, node: usize) -> (Time, NodeId) {
        self.now += 1;
        (Time(self.now), NodeId(node as u32))
    }

    fn broadcast(&mut self, message: usize, two_groups: bool) {
        let id = id(message);
        if std::mem::replace(&mut self.broadcast[message], true) || !self.up[id.origin.index()] {
            return;
        }
        let (at, node) = self.tick(id.origin.index());
        let group = GroupId(if two_groups { group(message) as u32 } else { 0 });
        self.recorder.broadcast(at, node, &Message { id, body: Body::new(b"x") }, group, None);
    }

    fn deliver(&mut self, node: usize, message: usize, body: &[u8]) {
        if self.up[node] {
            let (at, node) = self.tick(node);
            let message = Message { id: id(message), body: Body::new(body) };
            self.recorder.deliver(at, node, &message, None, None);
        }
    }

    fn frame(&mut self, kind: Kind, node: usize, peer: usize, messages: &[usize]) {
        if self.up[node] {
            let rows = messages.iter().map(|m| self.recorder.row(id(*m))).collect();
            let (at, node) = self.tick(node);
            let incoming = kind == Kind::Recv;
            let frame = Transmission::new(NodeId(peer as u32), self.frames);
            let frame = Transmission { messages: rows, incoming, ..frame };
            self.recorder.transmission(at, node, kind, frame, None);
        }
    }

    fn plain(&mut self, node: usize, kind: Kind, fields: Value) {
        let crash = match kind {
            Kind::Recover if self.up[node] || !self.recovery => return,
            Kind::Recover => false,
            _ if !self.up[node] => return,
            kind => kind == Kind::Crash,
        };
        self.up[node] = !crash;
        let (at, node) = self.tick(node);
        let fields = fields.as_object().cloned().unwrap_or_default();
        self.recorder.event(at, node, kind, fields, None);
    }

    fn discard(&mut self, node: usize, message: usize) {
        if self.up[node] {
            let (at, node) = self.tick(node);
            self.recorder.discard(at, node, id(message));
        }
    }

    fn view(&mut self, node: usize, number: u64, members: &[usize], group: Option<u32>) {
        if self.up[node] {
            let view = ViewName { number, creator: None };
            let members = members.iter().map(|m| NodeId(*m as u32)).collect();
            let install = ViewInstall { view, members, primary: true, transitional: None, group };
            let (at, node) = self.tick(node);
            self.recorder.view(at, node, install, None);
        }
    }

    /// The history, with bounds and a workload.
    fn done(self, bounds: Value, workload: Option<&str>) -> Small {
        let mut history = self.recorder.into_history();
        history.header.about.insert("bounds".into(), bounds);
        history.header.workload = workload.map(str::to_owned);
        Small(history)
    }
}

/// Messages that come early, or changed, or to strangers.
pub fn parts() -> BoxedStrategy<Small> {
    let play = |(setup, steps): (Setup, Vec<Step>)| {
        let mut draft = Draft::new(&setup);
        for (what, node, message, how) in steps {
            let is_in = !setup.two_groups || (node == 1) || (node == 2) == (group(message) == 1);
            match what {
                0..30 => draft.broadcast(message, setup.two_groups),
                30..90 if is_in && (draft.broadcast[message] || how == 0) || how < 2 => {
                    draft.deliver(node, message, if how == 2 { b"y" } else { b"x" });
                }
                90..95 => draft.plain(node, Kind::Crash, Value::Null),
                95.. => draft.plain(node, Kind::Recover, Value::Null),
                _ => {}
            }
        }
        draft.done(json!({}), None)
    };
    (setup(), steps(20)).prop_map(play).boxed()
}

/// Frames, buffers, and a quiet time in the end.
pub fn network() -> BoxedStrategy<Small> {
    let play = |(setup, steps, tail): (Setup, Vec<Step>, (u64, u64))| {
        let mut draft = Draft::new(&setup);
        steps.iter().for_each(|step| network_step(&mut draft, &setup, *step));
        let end = draft.now + tail.0;
        if tail.1 < tail.0 {
            draft.now += tail.1;
            draft.frame(Kind::Send, 0, 1, if tail.1 % 4 == 0 { &[] } else { &[0] });
        }
        let buffer = setup.number % 3;
        let mut small = draft.done(json!({"quiet": 6, "buffer": buffer}), None);
        small.0.header.end = Some(Time(end));
        small.0.header.heal_at = (setup.number == 7).then_some(Time(end / 2));
        small
    };
    (setup(), steps(12), (0..30_u64, 0..40_u64)).prop_map(play).boxed()
}

fn network_step(draft: &mut Draft, setup: &Setup, (what, node, message, how): Step) {
    let all = |draft: &mut Draft, but: usize| {
        let origin = id(message).origin.index();
        for other in (0..NODES).filter(|other| *other != origin && *other != but) {
            draft.frames += 1;
            draft.frame(Kind::Send, origin, other, &[message]);
            draft.frame(Kind::Recv, other, origin, &[message]);
        }
    };
    match what {
        0..40 => {
            draft.broadcast(message, setup.two_groups);
            all(draft, if how < 2 { node } else { NODES });
        }
        40..55 => draft.deliver(node, message, b"x"),
        55..62 => draft.frame(Kind::Recv, node, (node + 1) % NODES, &[message, how as usize % 4]),
        62..66 => draft.frame(Kind::Send, node, (node + 1) % NODES, &[message]),
        66..86 => draft.discard(node, message),
        86..93 => {
            draft.plain(node, Kind::Crash, Value::Null);
            if how < 6 {
                draft.plain(node, Kind::Recover, Value::Null);
            }
        }
        93..96 => draft.plain(node, Kind::StateSet, Value::Null),
        _ => {
            let members: Vec<usize> = (0..NODES).filter(|m| how >> m & 1 == 0).collect();
            draft.view(node, 1 + u64::from(how % 2), &members, None);
        }
    }
}

/// Members that come and go.
pub fn members() -> BoxedStrategy<Small> {
    let play = |(setup, steps): (Setup, Vec<Step>)| {
        let mut draft = Draft::new(&setup);
        for (what, node, message, how) in steps {
            let groups = ["g", "h", "x"];
            let fields = match how {
                0 | 1 => json!({}),
                2 => json!({"target": "n1", "g": "g"}),
                3 => json!({"target": 7, "g": 7}),
                _ => json!({ "g": groups[if how == 4 { 2 } else { group(message) }] }),
            };
            match what {
                0..25 => draft.broadcast(message, setup.two_groups),
                25..60 => draft.deliver(node, message, b"x"),
                60..75 => draft.plain(node, Kind::Join, fields),
                75..85 => draft.plain(node, Kind::Leave, fields),
                85..90 if setup.number < 6 => {
                    let members: Vec<usize> = (0..NODES).filter(|m| how >> m & 1 == 0).collect();
                    draft.view(node, u64::from(how) + 1, &members, Some(group(message) as u32));
                }
                90..94 => draft.plain(node, Kind::Crash, Value::Null),
                94.. => draft.plain(node, Kind::Recover, Value::Null),
                _ => {}
            }
        }
        draft.done(json!({}), None)
    };
    (setup(), steps(16)).prop_map(play).boxed()
}

/// Clients that multicast and are answered.
pub fn clients() -> BoxedStrategy<Small> {
    let play = |(setup, steps): (Setup, Vec<Step>)| {
        let mut draft = Draft::new(&setup);
        for (what, node, message, how) in steps {
            let client = if what % 2 == 0 { "c1" } else { "c2" };
            let replies =
                [json!(0), json!(1), json!(2), json!("majority"), json!("all"), json!(-1)];
            let mut op = json!({"f": "multicast", "replies": replies[(how + 1) as usize % 6]});
            if what < 30 {
                op["g"] = json!(["g", "h"][group(message)]);
            }
            let few = [json!(["n2"]), json!(["n1", "n1"]), json!([])];
            let several = [json!(["n1", "n2"]), json!(["n2", "n3"]), json!(["n1", "n2", "n3"])];
            let odd = [json!(["n9"]), json!([3]), json!(null)];
            let from = match how {
                0 => &odd,
                1 | 2 => &few,
                _ => &several,
            };
            let from = &from[message % 3];
            let result = json!({"f": "multicast_ok", "from": from});
            let status = if how == 5 { "unknown" } else { "ok" };
            let fields = json!({"client": client, "result": result, "status": status});
            match what {
                0..48 => draft.plain(node, Kind::Invoke, json!({"client": client, "op": op})),
                48..96 => draft.plain(node, Kind::Response, fields),
                96 => draft.view(node, 1, &[0, 1], None),
                _ => draft.plain(node, Kind::Invoke, json!({"client": what, "op": how})),
            }
        }
        draft.done(json!({}), None)
    };
    (setup(), steps(8)).prop_map(play).boxed()
}

/// Requests that one of the group takes up.
pub fn anycast() -> BoxedStrategy<Small> {
    let play = |(setup, steps): (Setup, Vec<Step>)| {
        let mut draft = Draft::new(&setup);
        for (what, node, message, how) in steps {
            match what {
                0..70 => {
                    draft.broadcast(message, setup.two_groups);
                    if how > 0 {
                        draft.deliver(if how < 3 { node } else { 1 }, message, b"x");
                    }
                }
                70..80 => draft.plain(node, Kind::Crash, Value::Null),
                80..95 => draft.plain(node, Kind::Recover, Value::Null),
                _ => draft.plain(node, Kind::StateSet, Value::Null),
            }
        }
        draft.done(json!({}), (setup.number > 0).then_some("anycast"))
    };
    (setup(), steps(10)).prop_map(play).boxed()
}
