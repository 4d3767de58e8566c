//! Whatever a failing disk leaves of what a node has stored, and whatever somebody else has put in
//! its place, the node comes back without a panic.

#[path = "common/judging.rs"]
mod judging;

use judging::run;
use pepperland_core::contract::{Effect, Garbled, Host, Node, Request, Stable, StableKey, Timer};
use pepperland_core::history::{Header, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Guarded};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::{Disturbance, Failing, Schedule, Trouble};
use pepperland_core::seed::{PerMillion, Seed, Stream};
use pepperland_core::time::{Span, Time};
use pepperland_sim::run_nodes;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

fn planned(implementation: &Implementation, seed: u64) -> Schedule {
    let scenario = Scenario::new(implementation.name, "none");
    let workloads = pepperland_workloads::ALL;
    let plan = Plan {
        scenario: &scenario,
        implementation,
        workload: workloads[seed as usize % workloads.len()],
        faults: pepperland_faults::resolve("none").expect("a profile"),
        profiles: Vec::new(),
        lacks: &[],
    };
    plan.schedule(Seed(seed))
}

fn panics(history: &History) -> Vec<String> {
    let notes = history.events().filter(|event| event.kind() == Kind::Note);
    let texts = notes.filter_map(|event| event.field("text").and_then(Value::as_str));
    texts.filter(|text| text.starts_with("panicked")).map(str::to_owned).collect()
}

#[test]
fn nobody_panics_on_what_a_failing_disk_has_left() {
    let failings = [
        Failing::Lost { unsynced: Span::millis(20) },
        Failing::Torn { keep: PerMillion::percent(60) },
        Failing::Lying,
    ];
    for implementation in pepperland_impls::all() {
        for (seed, how) in (0..).zip(failings.into_iter().cycle()).take(9) {
            let mut schedule = planned(implementation, seed);
            let mut stream = Seed(seed).stream("disks");
            for node in NodeId::first(schedule.header.nodes as usize) {
                let at = Time::millis(stream.between(20, 120));
                let until = Time::millis(stream.between(121, 190));
                let effects = Some(stream.below(4) as u32);
                let crash = Trouble::Crash { node, effects };
                let disk = Trouble::Disk { node, how };
                let failed = Disturbance::during(Time::millis(10), until, disk);
                schedule.disturbances.extend([failed, Disturbance::during(at, until, crash)]);
            }
            let panics = panics(&run(&schedule, implementation));
            assert!(panics.is_empty(), "{}, seed {seed}: {panics:?}", implementation.name);
        }
    }
}

/// The values that a node has stored, each under its key, the last of each.
type Stored = Rc<RefCell<BTreeMap<StableKey, Vec<u8>>>>;

/// A node of which all is noted that it stores.
struct Watched(Box<dyn Node>, Stored);

impl Watched {
    fn note(&self, host: &Host) {
        for effect in &host.effects.list {
            if let Effect::Store(key, bytes) = effect {
                self.1.borrow_mut().insert(*key, bytes.clone());
            }
        }
    }
}

impl Node for Watched {
    fn start(&mut self, host: &mut Host) {
        self.0.start(host);
        self.note(host);
    }

    fn request(&mut self, request: Request<pepperland_core::message::Message>, host: &mut Host) {
        self.0.request(request, host);
        self.note(host);
    }

    fn receive(&mut self, from: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled> {
        let received = self.0.receive(from, frame, host);
        self.note(host);
        received
    }

    fn timeout(&mut self, timer: Timer, host: &mut Host) {
        self.0.timeout(timer, host);
        self.note(host);
    }

    fn recover(&mut self, host: &mut Host) {
        self.0.recover(host);
        self.note(host);
    }

    fn describe(&self, frame: &[u8]) -> Result<Value, Garbled> {
        self.0.describe(frame)
    }

    fn frame(&self, described: Value) -> Result<Vec<u8>, Garbled> {
        self.0.frame(described)
    }
}

/// What the nodes of an implementation store in some runs.
fn stored(implementation: &Implementation) -> BTreeMap<StableKey, Vec<u8>> {
    let stored = Stored::default();
    let build = |setup: &Setup<'_>| -> Box<dyn Node> {
        Box::new(Watched((implementation.build)(setup), stored.clone()))
    };
    for seed in 0..pepperland_workloads::ALL.len() as u64 {
        let mut schedule = planned(implementation, seed);
        let crash = Trouble::Crash { node: NodeId(1), effects: None };
        let fall = Disturbance::during(Time::millis(60), Time::millis(150), crash);
        schedule.disturbances.push(fall);
        let header = Header::of_run("sim", &schedule, implementation);
        run_nodes(&schedule, header, &build, implementation.model.views, Detail::Application);
    }
    let stored = stored.borrow();
    stored.clone()
}

/// What may be found instead of a value: one of its bits changed, its beginning, or anything.
fn damaged(value: &[u8], stream: &mut Stream) -> Vec<u8> {
    let mut bytes = value.to_vec();
    match stream.below(4) {
        0 if !bytes.is_empty() => {
            let at = stream.below(bytes.len() as u64) as usize;
            bytes[at] = stream.bits() as u8;
        }
        1 => bytes.truncate(stream.below(value.len() as u64 + 1) as usize),
        2 if !bytes.is_empty() => {
            let at = stream.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << stream.below(8);
        }
        _ => bytes = (0..stream.below(40)).map(|_| stream.bits() as u8).collect(),
    }
    bytes
}

/// Runs a group of which one node finds this on its disk when it starts.
fn found(implementation: &Implementation, key: StableKey, bytes: &[u8]) -> Vec<String> {
    let (me, nodes) = (NodeId(1), implementation.nodes.max(2));
    let setup = Setup {
        node: me,
        nodes,
        flaw: None,
        max_latency: Span::millis(10),
        register_latency: Setup::REGISTER_LATENCY,
    };
    let build = |setup: &Setup<'_>| (implementation.build)(setup);
    let mut node = Guarded::new(&build, &setup);
    let everybody: Rc<[NodeId]> = NodeId::first(nodes).collect();
    let mut host = Host::new(me, [everybody].into(), Seed(1).stream(""));
    let mut stable = Stable::default();
    stable.perform(key, bytes.to_vec());
    host.stable = stable.after_crash();
    host.incarnation = 1;
    node.recover(&mut host);
    let is_panic = |text: &String| text.starts_with("panicked");
    let notes = host.effects.list.iter().filter_map(|effect| match effect {
        Effect::Note(text) => Some(text.clone()),
        _ => None,
    });
    notes.filter(is_panic).collect()
}

#[test]
fn nobody_panics_on_what_somebody_else_has_stored() {
    let mut keys = 0;
    for implementation in pepperland_impls::all() {
        let mut stream = Seed(1).stream(implementation.name);
        for (key, value) in stored(implementation) {
            keys += 1;
            for _ in 0..200 {
                let bytes = damaged(&value, &mut stream);
                let panics = found(implementation, key, &bytes);
                let name = implementation.name;
                assert!(panics.is_empty(), "{name}, {key:?}, {bytes:?}: {panics:?}");
            }
        }
    }
    assert!(keys > 5, "{keys} places in stable storage");
}
