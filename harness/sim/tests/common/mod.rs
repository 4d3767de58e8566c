//! Toy nodes, small schedules, and histories as lines to compare.

#![allow(dead_code, reason = "each test file uses its part")]

use pepperland_core::contract::{Cx, Delivery, Network, Node, Protocol, Stack};
use pepperland_core::history::{Channel, FailureModel, History};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Groups, Implementation, Model, Setup};
use pepperland_core::message::Message;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{
    Ask, Disturbance, Frame, Links, NetworkOptions, Schedule, Step, Trouble, When,
};
use pepperland_core::seed::{PerMillion, Seed};
use pepperland_core::time::{Span, Time};
use pepperland_sim::Simulator;
use serde_json::Value;

pub const N1: NodeId = NodeId(0);
pub const N2: NodeId = NodeId(1);
pub const N3: NodeId = NodeId(2);

pub const ALWAYS: PerMillion = PerMillion::percent(100);
pub const NEVER: PerMillion = PerMillion::percent(0);

/// An implementation that claims nothing.
pub const fn toy(build: fn(&Setup<'_>) -> Box<dyn Node>) -> Implementation {
    Implementation {
        name: "toy",
        number: "T",
        statement: "a toy",
        source: "this test",
        claims: &[],
        model: Model {
            failures: FailureModel::CrashRecovery,
            channel: Channel::FairLoss,
            tolerates: &[],
            groups: Groups::Open,
            ..Model::ASYNCHRONOUS
        },
        nodes: 3,
        budget: |_| 0,
        flaws: &[],
        controls: &[],
        breaks: &[],
        cost: None,
        build,
    }
}

/// Multicasts to everybody by one unicast each, in the order of the nodes; delivers what comes.
pub const PLAIN: Implementation = toy(|_| Stack::node(ToEach(Network::payload())));

/// The same by one group send.
pub const GROUP: Implementation = toy(|_| Stack::node(Network::<Message>::payload()));

struct ToEach(Network<Message>);

impl Protocol for ToEach {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.send_each_below(cx.members(group), m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        cx.deliver(delivery);
    }
}

/// Counts its deliveries on stable storage before each, and says how many when it recovers.
pub const COUNTS: Implementation = toy(|_| Stack::node(Counts(Network::payload())));

struct Counts(Network<Message>);

impl Protocol for Counts {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        let count: u32 = cx.load("count").unwrap_or_default();
        cx.store("count", &(count + 1));
        cx.deliver(delivery);
    }

    fn upon_recover(&mut self, cx: &mut Cx<'_, Message>) {
        let count: u32 = cx.load("count").unwrap_or_default();
        cx.note(format!("recovered with {count}"));
    }
}

/// A request sets a timer of so many milliseconds as its body says and notes what the clock shows;
/// the timer's expiry does the same.
pub const ALARM: Implementation = toy(|_| Stack::node(Alarm(Network::payload())));

struct Alarm(Network<Message>);

impl Protocol for Alarm {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.0
    }

    fn multicast(&mut self, _: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        let body = String::from_utf8_lossy(&m.body.0).into_owned();
        cx.note(format!("asked, clock {}", cx.now()));
        match body.parse() {
            Ok(ms) => cx.set_timer(7, Span::millis(ms)),
            Err(_) => cx.cancel_timer(7),
        }
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        cx.deliver(delivery);
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        cx.note(format!("rang {tag}, clock {}", cx.now()));
    }
}

/// A schedule of three nodes on which every message takes 10 ms.
pub fn quiet(channel: Channel) -> Schedule {
    let network =
        NetworkOptions { channel, ..NetworkOptions::perfect(Span::millis(10), Span::millis(10)) };
    let header = Frame {
        seed: Seed(42),
        heal_at: Time::millis(500),
        end: Time::millis(1000),
        ..Frame::of("toy", 3, network)
    };
    Schedule { header, steps: Vec::new(), disturbances: Vec::new() }
}

/// The same with one multicast by n1 at each of these milliseconds.
pub fn multicasts(channel: Channel, at: &[u64]) -> Schedule {
    let mut schedule = quiet(channel);
    schedule.steps = (0..).zip(at).map(|(id, at)| multicast(id, N1, *at)).collect();
    schedule
}

/// A multicast by a node at a millisecond.
pub fn multicast(id: u32, node: NodeId, at: u64) -> Step {
    ask(id, node, When::At(Time::millis(at)), &format!("body {id}"))
}

/// A multicast of this body.
pub fn ask(id: u32, node: NodeId, when: When, body: &str) -> Step {
    Step { id, when, node, ask: Ask::Multicast { group: GroupId::ALL, body: body.to_owned() } }
}

/// Something goes wrong from one millisecond to another.
pub fn during(at: u64, until: u64, trouble: Trouble) -> Disturbance {
    Disturbance::during(Time::millis(at), Time::millis(until), trouble)
}

/// Something goes wrong from a millisecond on.
pub fn from(at: u64, trouble: Trouble) -> Disturbance {
    Disturbance::from(Time::millis(at), trouble)
}

/// The link from n1 to n2.
pub fn n1_to_n2() -> Links {
    Links::one_way(vec![N1], vec![N2])
}

/// The run, with the application's events alone.
pub fn run(schedule: &Schedule, implementation: &Implementation) -> History {
    run_in(schedule, implementation, Detail::Application)
}

/// The run, with the network's side of every frame.
pub fn run_network(schedule: &Schedule, implementation: &Implementation) -> History {
    run_in(schedule, implementation, Detail::Network)
}

fn run_in(schedule: &Schedule, implementation: &Implementation, detail: Detail) -> History {
    let history = Simulator.run(schedule, implementation, detail).expect("it is accepted");
    history.check_rules().expect("a history follows the rules of its format");
    history
}

/// Each event as `milliseconds node kind message` with its own fields.
pub fn lines(history: &History) -> Vec<String> {
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).expect("a vector takes every byte");
    let text = String::from_utf8(bytes).expect("a history is text");
    text.lines().skip(1).map(line).collect()
}

fn line(json: &str) -> String {
    let event: Value = serde_json::from_str(json).expect("a line is an object");
    let mut words = vec![Time(event["t"].as_u64().expect("a time")).to_string()];
    for key in ["n", "k", "m", "text", "why", "touched", "id"] {
        match &event[key] {
            Value::Null => {}
            Value::String(text) => words.push(text.clone()),
            other => words.push(format!("{key}={other}")),
        }
    }
    words.join(" ")
}

/// The lines that hold these words, one after the other.
pub fn with(history: &History, words: &str) -> Vec<String> {
    lines(history).into_iter().filter(|line| line.contains(words)).collect()
}
