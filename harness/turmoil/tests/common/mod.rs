//! Toy nodes, small schedules, and histories as lines to compare.

#![allow(dead_code, reason = "each test file uses its part")]

use pepperland_core::contract::{Cx, Delivery, Layer, Network, Node, Protocol, Stack};
use pepperland_core::history::{Channel, FailureModel, History};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Groups, Implementation, Model, Setup};
use pepperland_core::message::Message;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{
    Ask, Disturbance, Frame, NetworkOptions, Schedule, Step, Trouble, When,
};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use pepperland_turmoil::{Transport, Turmoil};
use serde_json::Value;

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

/// A protocol on the network that does nothing with requests.
pub const fn on_network<P: Toy>() -> Implementation {
    toy(|_| Stack::node(P::new()))
}

/// What the toys have in common.
pub trait Toy: Layer<Payload = Message> + 'static {
    /// A fresh one.
    fn new() -> Self;
}

/// Counts its deliveries on stable storage, and says how many there were when it recovers. It
/// stores only after it has sent on to nobody: the count of a crashed handler may be missing.
pub struct Counts(Network<Message>);

impl Toy for Counts {
    fn new() -> Counts {
        Counts(Network::payload())
    }
}

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
    schedule.steps = (0..).zip(at).map(|(id, at)| multicast(id, 0, *at)).collect();
    schedule
}

/// A multicast by a node at a millisecond.
pub fn multicast(id: u32, node: u32, at: u64) -> Step {
    let ask = Ask::Multicast { group: GroupId::ALL, body: format!("body {id}") };
    Step { id, when: When::At(Time::millis(at)), node: NodeId(node), ask }
}

/// Something goes wrong from one millisecond to another.
pub fn during(at: u64, until: u64, trouble: Trouble) -> Disturbance {
    Disturbance::during(Time::millis(at), Time::millis(until), trouble)
}

/// Runs the schedule over datagrams and over streams, which must make no difference.
pub fn run(schedule: &Schedule, implementation: &Implementation) -> History {
    let [udp, tcp] = [Transport::Udp, Transport::Tcp].map(|transport| {
        let turmoil = Turmoil { transport };
        turmoil.run(schedule, implementation, Detail::Application).expect("it is accepted")
    });
    assert_eq!(lines(&udp), lines(&tcp), "datagrams and streams differ");
    assert_eq!((name(&udp), name(&tcp)), ("turmoil".into(), "turmoil-tcp".into()));
    udp
}

fn name(history: &History) -> Value {
    history.header.about["runtime"].clone()
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
    let mut words = vec![(event["t"].as_u64().expect("a time") / 1_000_000).to_string()];
    for key in ["n", "k", "m", "text", "touched", "id"] {
        match &event[key] {
            Value::Null => {}
            Value::String(text) => words.push(text.clone()),
            other => words.push(format!("{key}={other}")),
        }
    }
    words.join(" ")
}

/// The lines that hold a word.
pub fn with(history: &History, word: &str) -> Vec<String> {
    lines(history).into_iter().filter(|line| line.contains(word)).collect()
}
