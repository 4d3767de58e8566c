//! Histories to test promises on: by hand, and small random ones.

pub mod seen;

use crate::crosscheck::Small;
use pepperland_core::history::{
    Channel, Clock, FailureModel, Header, History, Kind, Recorder, Transmission,
};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A history of three nodes, from further keys of its header and the lines of its events.
pub fn file(header: &str, events: &[&str]) -> History {
    let first = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2","n3"],"#;
    let header = format!("{first}{header}}}").replace('\n', " ");
    let lines = [&[header.as_str()], events].concat();
    History::read((lines.join("\n") + "\n").as_bytes()).unwrap()
}

const NODES: usize = 3;
/// So long that a frame has time enough to arrive within a few events.
const TICK: u64 = 200_000_000;

/// Draws of one step: what, at which node, to which other, and how.
type Step = (u32, usize, usize, u32);

/// How a history is set up.
#[derive(Clone, Debug)]
struct Setup {
    channel: Option<Channel>,
    recovery: bool,
    liar: bool,
    complete: bool,
    real: bool,
    number: u64,
    tail: u64,
}

fn setup() -> impl Strategy<Value = Setup> {
    let channel = prop_oneof![
        12 => Just(Some(Channel::Perfect)),
        6 => Just(Some(Channel::FairLoss)),
        1 => Just(Some(Channel::Lossy)),
        1 => Just(None),
    ];
    let rare = || prop::bool::weighted(0.1);
    let flags = (prop::bool::ANY, rare(), prop::bool::weighted(0.9), rare());
    (channel, flags, 0..60_u64, 0..20_u64).prop_map(|(channel, flags, number, tail)| {
        let (recovery, liar, complete, real) = flags;
        Setup { channel, recovery, liar, complete, real, number, tail }
    })
}

/// A history that is being written.
struct Draft {
    recorder: Recorder,
    now: u64,
    frames: u64,
    /// The last frame of all: id and ends.
    last: (u64, usize, usize),
}

impl Draft {
    fn new(setup: &Setup, workload: Option<&str>) -> Draft {
        let mut header = Header::new((1..=NODES).map(|n| format!("n{n}")).collect());
        header.contract.channel = setup.channel;
        header.complete = setup.complete;
        header.clock = if setup.real { Clock::Real } else { Clock::Virtual };
        header.clock_error = setup.real.then_some(setup.number % 3 * TICK);
        header.heal_at = (setup.number % 5 == 4).then_some(Time(setup.number / 5 * TICK));
        header.workload = workload.map(str::to_owned);
        if setup.recovery {
            header.failure_model = FailureModel::CrashRecovery;
        }
        if setup.liar {
            header.byzantine = vec!["n3".into()];
        }
        let mut bounds = json!({"losses": 2, "drift": 1000, "delay": 3 * TICK, "omissions": 1});
        bounds["omissions"] = json!(setup.number % 2);
        bounds["faults"] = json!(setup.number % 3);
        if setup.number % 7 == 6 {
            bounds = json!({"losses": 2, "gst": 4 * TICK, "delay": TICK});
        }
        header.about.insert("bounds".into(), bounds);
        Draft { recorder: Recorder::new(header), now: 0, frames: 0, last: (0, 0, 1) }
    }

    fn tick(&mut self) -> Time {
        self.now += TICK;
        Time(self.now)
    }

    fn put(&mut self, node: usize, kind: Kind, fields: Value) {
        let at = self.tick();
        let fields = fields.as_object().cloned().unwrap_or_default();
        self.recorder.event(at, NodeId(node as u32), kind, fields, None);
    }

    fn frame(&mut self, kind: Kind, (id, from, to): (u64, usize, usize), bytes: Option<u32>) {
        let incoming = kind == Kind::Recv || bytes == Some(1);
        let (node, peer) = if incoming { (to, from) } else { (from, to) };
        let frame = Transmission { incoming, bytes, ..Transmission::new(NodeId(peer as u32), id) };
        let at = self.tick();
        self.recorder.transmission(at, NodeId(node as u32), kind, frame, None);
    }

    fn next(&mut self, from: usize, to: usize) -> (u64, usize, usize) {
        self.frames += 1;
        self.last = (self.frames, from, to);
        self.last
    }

    fn done(self, setup: &Setup) -> Small {
        let mut history = self.recorder.into_history();
        history.header.end = Some(Time(self.now + setup.tail * TICK));
        Small(history)
    }
}

/// Frames, crashes and clocks.
pub fn frames() -> BoxedStrategy<Small> {
    let steps = prop::collection::vec((0..100_u32, 0..NODES, 0..NODES, 0..16_u32), 0..12);
    let play = |(setup, steps): (Setup, Vec<Step>)| {
        let mut draft = Draft::new(&setup, None);
        steps.iter().for_each(|step| frame_step(&mut draft, *step));
        draft.done(&setup)
    };
    (setup(), steps).prop_map(play).boxed()
}

fn frame_step(draft: &mut Draft, (what, node, other, how): Step) {
    let last = draft.last;
    match what {
        0..45 => {
            let frame = draft.next(node, other);
            draft.frame(Kind::Send, frame, (how < 8).then_some(9));
            draft.now += TICK * u64::from(if how % 8 == 7 { 5 } else { how % 3 });
            draft.frame(Kind::Recv, frame, (how > 1).then_some(9 - u32::from(how == 3)));
        }
        45..54 if how > 9 => {
            if how > 11 {
                let frame = draft.next(0, 1);
                draft.frame(Kind::Send, frame, None);
                draft.frame(Kind::Drop, frame, None);
                let frame = draft.next(0, 1);
                draft.frame(Kind::Send, frame, None);
                draft.frame(Kind::Recv, frame, None);
            }
            let frame = draft.next(0, 1);
            draft.frame(Kind::Send, frame, None);
            draft.frame(Kind::Drop, frame, Some(1));
        }
        45..54 => {
            draft.frame(Kind::Recv, (80 + draft.now, 2, 1), None);
            for _ in 0..2 + how % 2 {
                let frame = draft.next(0, 1);
                draft.frame(Kind::Send, frame, None);
                draft.frame(Kind::Drop, frame, (how > 7).then_some(1));
            }
        }
        54..58 => {
            for _ in 0..how % 4 {
                let frame = draft.next(node, other);
                draft.frame(Kind::Send, frame, None);
            }
        }
        58..62 => draft.frame(Kind::Recv, last, None),
        62 => {
            let copy = [Kind::Send, Kind::Duplicate, Kind::Corrupt][how as usize % 3];
            draft.frame(copy, last, None);
            draft.frame(Kind::Recv, last, None);
        }
        63 => draft.frame(Kind::Recv, (90 + u64::from(how % 2), node, other), None),
        64..69 => draft.put(node, Kind::Crash, Value::Null),
        69..73 => draft.put(node, Kind::Recover, Value::Null),
        73 => draft.put(node, Kind::Pause, Value::Null),
        74 => draft.put(node, Kind::Resume, Value::Null),
        75..78 => {
            let kind = if how % 3 == 0 { Kind::Cut } else { Kind::Heal };
            let at = draft.tick();
            let fields = if how < 12 { json!({"id": how % 2}) } else { json!({}) };
            draft.recorder.environment(at, kind, fields.as_object().cloned().unwrap_or(Map::new()));
        }
        _ => {
            let fast = if how % 4 == 1 { draft.now / 900 } else { 0 };
            let truth = if how == 2 { json!(draft.now + TICK) } else { json!(null) };
            let mut fields = json!({"local": draft.now + TICK + u64::from(how) + fast});
            if how < 3 {
                fields["true"] = truth;
            }
            draft.put(node, Kind::Clock, fields);
            let again = json!({"local": draft.now + TICK + u64::from(how)});
            draft.put(node, Kind::Clock, again);
        }
    }
}

/// Registers that clients write and read, and whose writes servers see.
pub fn registers() -> BoxedStrategy<Small> {
    let steps = prop::collection::vec((0..100_u32, 0..NODES, 0..NODES, 0..16_u32), 0..16);
    let play = |(setup, steps): (Setup, Vec<Step>)| {
        let workload = (setup.number > 2).then_some("register-network");
        let mut draft = Draft::new(&setup, workload);
        let mut book = Book::default();
        steps.iter().for_each(|step| register_step(&mut draft, &mut book, *step));
        if setup.tail > 2 {
            (0..NODES).for_each(|client| book.respond(&mut draft, client, 15));
        }
        draft.done(&setup)
    };
    (setup(), steps).prop_map(play).boxed()
}

/// What was written, by whom what is open, and what servers have seen.
#[derive(Default)]
struct Book {
    written: Vec<u64>,
    /// For each client whether its open operation is a read.
    open: [Option<bool>; NODES],
    seen: [usize; NODES],
}

impl Book {
    fn respond(&mut self, draft: &mut Draft, client: usize, how: u32) {
        let Some(read) = self.open[client].take() else { return };
        let last = self.written.last().map_or(json!(null), |value| json!(value));
        let value = match how {
            0 => json!(77),
            1 => json!(null),
            2 | 3 => json!(self.written.first()),
            _ => last,
        };
        let status = ["unknown", "fail", "ok"][(how as usize).saturating_sub(3).min(2)];
        let status = if how < 3 { "ok" } else { status };
        let result = if read { json!({"f": "read_ok", "value": value}) } else { json!({}) };
        let fields = json!({"client": client.to_string(), "result": result, "status": status});
        draft.put(client, Kind::Response, fields);
    }
}

fn register_step(draft: &mut Draft, book: &mut Book, (what, node, other, how): Step) {
    let key = u64::from(how == 9);
    match what {
        0..60 if book.open[node].is_none() => {
            let read = what % 2 == 0;
            let mut op = json!({"f": if read { "read" } else { "write" }, "key": key});
            if !read {
                book.written.push(if how == 7 { 1 } else { book.written.len() as u64 + 1 });
                op["value"] = json!(book.written.last());
            }
            book.open[node] = Some(read);
            let fields = json!({"client": node.to_string(), "op": op});
            draft.put(node, Kind::Invoke, fields);
            if how > 4 {
                book.respond(draft, node, 15);
            }
        }
        0..60 => book.respond(draft, node, how),
        60..95 => {
            let place = book.seen[node];
            book.seen[node] += 2;
            let swapped = other == 2 && how < 4;
            let odd = if how == 8 { place } else { place + 1 };
            for place in if swapped { [place + 1, place] } else { [place, odd] } {
                let op = json!({"f": "write", "key": 0, "value": place});
                draft.put(node, Kind::Apply, json!({ "op": op }));
            }
        }
        95 | 96 => draft.put(node, Kind::Crash, Value::Null),
        97 => draft.put(node, Kind::Recover, Value::Null),
        _ => draft.put(node, Kind::Apply, json!({"op": {"f": "read", "key": 0}})),
    }
}

/// An event with no sense in it: kind, node, other node, frame, time, keys.
type Nonsense = (Kind, u32, u32, u64, u64, Vec<(&'static str, Value)>);

/// Events with no sense in them: values of every wrong type under every key.
pub fn garbage() -> BoxedStrategy<Small> {
    let value = || {
        prop::sample::select(vec![
            json!(null),
            json!(-1),
            json!(7),
            json!(1.5),
            json!("n1"),
            json!("write"),
            json!([1, "n2"]),
            json!({"f": "write", "key": [], "value": {}}),
            json!({"f": "read", "key": 1}),
            json!({"f": "multicast", "replies": "all"}),
            json!({"f": "multicast_ok", "from": ["n1", 3]}),
            json!(u64::MAX),
            json!(i64::MIN),
        ])
    };
    let keys = ["client", "op", "result", "status", "local", "true", "id", "g", "target"];
    let fields = prop::collection::vec((prop::sample::select(keys.to_vec()), value()), 0..5);
    let kind = prop::sample::select(Kind::ALL.to_vec());
    let event = (kind, 0..5_u32, 0..5_u32, 0..4_u64, 0..9_u64, fields);
    let play = |(setup, events): (Setup, Vec<Nonsense>)| {
        let workload = (setup.number > 2).then_some("register-network");
        let mut draft = Draft::new(&setup, workload);
        for (kind, node, peer, id, at, fields) in events {
            let fields: Map<String, Value> =
                fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            if kind.is_transmission() {
                let frame = Transmission::new(NodeId(peer), id);
                draft.recorder.transmission(Time(at), NodeId(node), kind, frame, None);
            } else if kind != Kind::View && !kind.is_delivery() {
                draft.recorder.event(Time(at), NodeId(node), kind, fields, None);
            }
        }
        draft.done(&setup)
    };
    (setup(), prop::collection::vec(event, 0..30)).prop_map(play).boxed()
}
