//! Writes to registers are here what they are in the simulator, to the byte, whatever befalls their
//! writers and readers.

mod common;

use common::{during, multicast, toy};
use pepperland_core::contract::{Network, Stack};
use pepperland_core::history::{Channel, History};
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{
    Controlled, Deceit, Disturbance, Fate, Frame, Links, NetworkOptions, Schedule, Trouble, Way,
};
use pepperland_core::seed::{PerMillion, Seed};
use pepperland_core::time::{Span, Time};
use pepperland_sim::Simulator;
use pepperland_turmoil::{Transport, Turmoil, whole_millisecond};

const N1: NodeId = NodeId(0);
const N2: NodeId = NodeId(1);
const ALWAYS: PerMillion = PerMillion::percent(100);

/// Writes what it is to multicast, and delivers what it reads.
const WRITES: Implementation = toy(|_| Stack::node(Network::<Message>::on(NetworkId::CONTROLLED)));

/// Three nodes that write in turn, one write a millisecond, while these things go wrong.
fn in_turn(disturbances: Vec<Disturbance>) -> Schedule {
    let network = NetworkOptions {
        channel: Channel::FairLoss,
        ..NetworkOptions::perfect(Span::millis(10), Span::millis(10))
    };
    let latency = Span::millis(4);
    let header = Frame {
        seed: Seed(7),
        controlled: Some(Controlled { min_latency: latency, max_latency: latency }),
        heal_at: Time::millis(200),
        end: Time::millis(400),
        ..Frame::of("toy", 3, network)
    };
    let steps = (0..30).map(|id| multicast(id, id % 3, id.into())).collect();
    whole_millisecond(&Schedule { header, steps, disturbances })
}

/// The history but for its first line, which names the runtime.
fn events(history: &History) -> String {
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).expect("a vector takes every byte");
    let text = String::from_utf8(bytes).expect("a history is text");
    text.split_once('\n').expect("a header").1.to_owned()
}

fn is_as_in_the_simulator(what: &str, disturbances: Vec<Disturbance>) {
    let schedule = in_turn(disturbances);
    // What is for a node that is down, turmoil loses before the others have their turns.
    let crashes = schedule.disturbances.iter().any(|d| matches!(d.trouble, Trouble::Crash { .. }));
    let details = [Detail::Application, Detail::Network];
    for detail in details.into_iter().take(if crashes { 1 } else { 2 }) {
        let simulated = Simulator.run(&schedule, &WRITES, detail).expect("it is accepted");
        for transport in [Transport::Udp, Transport::Tcp] {
            let turmoil = Turmoil { transport };
            let history = turmoil.run(&schedule, &WRITES, detail).expect("it is accepted");
            assert_eq!(events(&history), events(&simulated), "{what} in {detail:?}");
        }
    }
}

fn lie(how: Deceit) -> Vec<Disturbance> {
    vec![during(0, 200, Trouble::Lie { node: N1, rate: ALWAYS, how })]
}

#[test]
fn undisturbed_and_under_disturbances_of_links() {
    is_as_in_the_simulator("quiet", Vec::new());
    let cut = Trouble::Cut { links: Links::all() };
    is_as_in_the_simulator("a cut of everything", vec![during(3, 100, cut)]);
}

#[test]
fn where_nodes_crash_and_come_back() {
    for at in [0, 5, 6, 31] {
        let crash = Trouble::Crash { node: N1, effects: None };
        is_as_in_the_simulator("a crash", vec![Disturbance::from(Time::millis(at), crash.clone())]);
        is_as_in_the_simulator("a restart", vec![during(at, at + 10, crash)]);
        let amid = Trouble::Crash { node: N2, effects: Some(0) };
        is_as_in_the_simulator("amid", vec![Disturbance::from(Time::millis(at), amid)]);
    }
}

#[test]
fn where_a_reader_stands_still() {
    for until in 10..16 {
        is_as_in_the_simulator("a pause", vec![during(3, until, Trouble::Pause { node: N2 })]);
    }
}

#[test]
fn where_a_writer_lies_in_any_way() {
    for way in Way::ALL {
        let most = if way == Way::Late { Span::millis(20) } else { Span::ZERO };
        is_as_in_the_simulator(way.word(), lie(Deceit { most, ..Deceit::plain(way) }));
    }
}

#[test]
fn where_a_copy_is_late() {
    let by = Span::millis(30);
    let network = NetworkId::CONTROLLED;
    let fate = Fate::Delay { by };
    let strike = Trouble::Strike { from: N1, to: N2, network, number: 2, fate };
    is_as_in_the_simulator("a late copy", vec![Disturbance::from(Time::ZERO, strike)]);
}
