//! A node that panics is evidence: noted, mute, and convicted by liveness, on every runtime. So is
//! one that keeps virtual time from passing.

use pepperland::core::checker::Case;
use pepperland::core::contract::Node;
use pepperland::core::history::Kind;
use pepperland::core::runtime::{Detail, Runtime};
use pepperland::core::schedule::{Ask, Frame, NetworkOptions, Schedule, Step, When};
use pepperland::core::verdict::Ruling;
use pepperland::prelude::*;
use pepperland::sim::Simulator;

/// Does something odd upon its messages, told how many have come.
struct Odd {
    network: Network<Message>,
    received: u32,
    upon: fn(u32, Delivery<Message>, &mut Cx<'_, Message>),
}

impl Protocol for Odd {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.network
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        self.received += 1;
        (self.upon)(self.received, delivery, cx);
    }

    fn upon_timeout(&mut self, timer: u32, cx: &mut Cx<'_, Message>) {
        cx.set_timer(timer, Span::ZERO);
    }
}

fn odd(upon: fn(u32, Delivery<Message>, &mut Cx<'_, Message>)) -> Box<dyn Node> {
    Stack::node(Odd { network: Network::payload(), received: 0, upon })
}

/// Delivers what comes, and n2 panics on its second message.
fn fragile(received: u32, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
    cx.deliver(delivery);
    assert!(cx.me() != NodeId(1) || received != 2, "message {received} is ours");
}

/// A timer ends at once, and is set again for as long.
fn restless(_: u32, _: Delivery<Message>, cx: &mut Cx<'_, Message>) {
    cx.set_timer(0, Span::ZERO);
}

const FRAGILE: &Implementation = &Implementation {
    name: "fragile",
    number: "X",
    statement: "n2 panics on its second message",
    source: "this test",
    claims: &[&[Claim::always("validity-all")]],
    model: Model {
        failures: FailureModel::CrashStop,
        channel: Channel::Perfect,
        tolerates: &[],
        ..Model::ASYNCHRONOUS
    },
    nodes: 3,
    budget: |_| 0,
    flaws: &[],
    controls: &[],
    breaks: &[],
    cost: None,
    build: |_| odd(fragile),
};

const RESTLESS: &Implementation = &Implementation {
    name: "restless",
    statement: "time-outs without end at one instant",
    build: |_| odd(restless),
    cost: None,
    ..*FRAGILE
};

/// n1 multicasts three times; n2 would have a fourth multicast to make.
fn schedule() -> Schedule {
    let step = |id: u32, node: u32| Step {
        id,
        when: When::At(Time::millis(u64::from(id) * 20)),
        node: NodeId(node),
        ask: Ask::Multicast { group: GroupId::ALL, body: format!("body {id}") },
    };
    let network = NetworkOptions::perfect(Span::millis(5), Span::millis(5));
    let header = Frame {
        seed: Seed(1),
        heal_at: Time::millis(100),
        end: Time::millis(300),
        ..Frame::of("fragile", 3, network)
    };
    Schedule {
        header,
        steps: vec![step(0, 0), step(1, 0), step(2, 0), step(3, 1)],
        disturbances: Vec::new(),
    }
}

#[test]
fn a_panic_convicts_the_node_by_liveness() {
    let catalog = pepperland::builtin();
    let checker = catalog.checker("validity-all").unwrap();
    for runtime in &catalog.runtimes {
        let history = runtime.run(&schedule(), FRAGILE, Detail::Network).unwrap();
        let n2 = || history.events().filter(|event| event.node() == Some(NodeId(1)));
        let count = |kind| n2().filter(|event| event.kind() == kind).count();
        assert_eq!(count(Kind::Deliver), 1, "{}", runtime.name());
        // Its application still asks; it no longer sends.
        assert_eq!((count(Kind::Broadcast), count(Kind::Send)), (1, 0), "{}", runtime.name());
        assert_eq!((count(Kind::Crash), count(Kind::Note)), (0, 1), "{}", runtime.name());
        let note = n2().find(|event| event.kind() == Kind::Note).unwrap();
        assert_eq!(note.field("text").unwrap(), "panicked: message 2 is ours");
        assert_eq!(note.time(), Time::millis(25));
        let verdict = (checker.check)(&Case::new(&history));
        assert_eq!(verdict.ruling(), Ruling::Violated, "{}", runtime.name());
    }
}

#[test]
fn a_node_whose_timers_end_at_once_is_muted_and_the_run_ends() {
    let history = Simulator.run(&schedule(), RESTLESS, Detail::Network).unwrap();
    let notes: Vec<String> = history
        .events()
        .filter_map(|event| event.field("text").map(|text| text.to_string()))
        .collect();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes.iter().all(|note| note.contains("stands still: ")), "{notes:?}");
}

#[test]
fn a_campaign_finds_the_panic() {
    let finding = pepperland::test(FRAGILE).faults("none").runs(3).assert_violates("validity-all");
    assert!(finding.history.events().any(|event| event.kind() == Kind::Note));
}
