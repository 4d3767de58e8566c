//! The controlled network: all read everything that is written, in one order, whatever befalls
//! links, readers and writers.

mod common;

use common::*;
use pepperland_core::contract::{Cx, Delivery, Network, Protocol, Stack};
use pepperland_core::history::{Channel, Event, History, Kind};
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;
use pepperland_core::runtime::drawn_lie;
use pepperland_core::schedule::{
    Controlled, Deceit, Disturbance, Fate, Frame, InFlight, Links, NetworkOptions, Order, Schedule,
    Trouble, Way,
};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Writes what it is to multicast, and delivers what it reads.
const WRITES: Implementation = toy(|_| Stack::node(Network::<Message>::on(NetworkId::CONTROLLED)));

/// Writes what it is to multicast, and then sends it over the controlled network as well.
const SENDS: Implementation = toy(|_| Stack::node(SendsToo(Network::on(NetworkId::CONTROLLED))));

struct SendsToo(Network<Message>);

impl Protocol for SendsToo {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, m.clone(), cx);
        self.send_below(N2, m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        cx.deliver(delivery);
    }
}

/// So many nodes, of which each of these writes at its millisecond. A write takes 1 to 5 ms.
fn writes(nodes: u32, seed: u64, at: &[(u32, u64)]) -> Schedule {
    let network = NetworkOptions {
        channel: Channel::FairLoss,
        ..NetworkOptions::perfect(Span::millis(10), Span::millis(10))
    };
    let controlled = Controlled { min_latency: Span::millis(1), max_latency: Span::millis(5) };
    let header = Frame {
        seed: Seed(seed),
        controlled: Some(controlled),
        heal_at: Time::millis(500),
        end: Time::millis(1000),
        ..Frame::of("toy", nodes, network)
    };
    let step = |(id, (node, at)): (u32, &(u32, u64))| multicast(id, NodeId(*node), *at);
    Schedule { header, steps: (0..).zip(at).map(step).collect(), disturbances: Vec::new() }
}

/// The same of three nodes that write in turn, one write a millisecond.
fn in_turn(writes_of_all: u64) -> Schedule {
    let at: Vec<(u32, u64)> = (0..writes_of_all).map(|i| ((i % 3) as u32, i)).collect();
    writes(3, 7, &at)
}

/// What a node reads: when, which message, and what it says.
fn read(history: &History, node: NodeId) -> Vec<(Time, String, Option<String>)> {
    let reads = history.events().filter(|e| e.kind() == Kind::Deliver && e.node() == Some(node));
    reads.map(|e| (e.time(), e.message_name().unwrap_or_default(), e.digest())).collect()
}

/// The same without the times.
fn order(history: &History, node: NodeId) -> Vec<(String, Option<String>)> {
    read(history, node).into_iter().map(|(_, name, digest)| (name, digest)).collect()
}

/// What everybody reads, which is the same.
fn agreed(history: &History) -> Vec<(String, Option<String>)> {
    let first = order(history, N1);
    for node in NodeId::first(history.node_count()) {
        assert_eq!(order(history, node), first, "{node} and n1");
    }
    first
}

fn written_at(history: &History, name: &str) -> Time {
    let is =
        |e: &Event<'_>| e.kind() == Kind::Broadcast && e.message_name().as_deref() == Some(name);
    history.events().find(is).expect("it was written").time()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_read_all_writes_in_one_order_and_within_the_bound(
        nodes in 2..7u32,
        seed: u64,
        at in prop::collection::vec((0..7u32, 0..20u64), 1..20),
    ) {
        let at: Vec<(u32, u64)> = at.into_iter().map(|(node, at)| (node % nodes, at)).collect();
        let history = run(&writes(nodes, seed, &at), &WRITES);
        prop_assert_eq!(agreed(&history).len(), at.len());
        for node in NodeId::first(nodes as usize) {
            for (when, name, _) in read(&history, node) {
                let took = when.since(written_at(&history, &name));
                prop_assert!(Span::millis(1) <= took && took <= Span::millis(5), "{}", took);
            }
        }
    }
}

#[test]
fn the_order_of_writes_is_no_accident_of_equal_latencies() {
    let history = run(&in_turn(30), &WRITES);
    let times = |node| read(&history, node).into_iter().map(|(at, ..)| at).collect::<Vec<_>>();
    assert_ne!(times(N1), times(N2), "readers read at different instants");
}

#[test]
fn a_crash_between_two_writes_loses_neither_even_where_sends_die_with_their_sender() {
    let mut schedule = writes(3, 7, &[(0, 10), (0, 11), (1, 30)]);
    schedule.header.network.in_flight = InFlight::Lost;
    let crash = |at| from(at, Trouble::Crash { node: N1, effects: None });
    schedule.disturbances = vec![crash(11)];
    let history = run(&schedule, &WRITES);
    assert_eq!(order(&history, N2).len(), 2, "the crash came before the second write");
    schedule.disturbances = vec![crash(12)];
    let history = run(&schedule, &WRITES);
    assert_eq!(order(&history, N2).len(), 3, "both were made");
    assert_eq!(order(&history, N2), order(&history, N3));
}

#[test]
fn nothing_that_befalls_links_reaches_the_registers() {
    let links = Links::all;
    let most = Span::millis(100);
    let quiet = run(&in_turn(30), &WRITES);
    for trouble in [
        Trouble::Cut { links: links() },
        Trouble::Lose { links: links(), rate: ALWAYS },
        Trouble::Delay { links: links(), least: most, most, rate: ALWAYS },
        Trouble::Duplicate { links: links(), rate: ALWAYS, most },
        Trouble::Corrupt { links: links(), rate: ALWAYS },
        Trouble::Omit { links: links(), rate: ALWAYS, degree: 1000 },
        Trouble::Garble { links: links(), rate: ALWAYS },
        Trouble::Throttle { links: links(), every: most },
        Trouble::strike(N1, N2, 1, Fate::Lose),
    ] {
        let word = trouble.word();
        let mut schedule = in_turn(30);
        schedule.disturbances = vec![during(0, 400, trouble)];
        let history = run(&schedule, &WRITES);
        for node in [N1, N2, N3] {
            assert_eq!(read(&history, node), read(&quiet, node), "{word} at {node}");
        }
    }
}

#[test]
fn no_order_of_arrival_moves_a_write() {
    let usual = run(&in_turn(30), &WRITES);
    for order in [Order::Pos, Order::Steady, Order::Rounds, Order::Pctcp { depth: 3, among: 40 }] {
        let mut schedule = in_turn(30);
        schedule.header.order = order;
        let history = run(&schedule, &WRITES);
        for node in [N1, N2, N3] {
            assert_eq!(read(&history, node), read(&usual, node), "{order} at {node}");
        }
    }
}

fn struck(to: NodeId, number: u32, fate: Fate) -> Disturbance {
    let network = NetworkId::CONTROLLED;
    from(0, Trouble::Strike { from: N1, to, network, number, fate })
}

#[test]
fn a_copy_that_is_late_makes_all_that_come_after_it_there_as_late() {
    let mut schedule = in_turn(12);
    schedule.disturbances = vec![struck(N2, 2, Fate::Delay { by: Span::millis(100) })];
    let history = run(&schedule, &WRITES);
    assert_eq!(agreed(&history).len(), 12);
    let late = read(&history, N2);
    let first = late.iter().position(|(_, name, _)| name == "n1:0:2").expect("it was read");
    assert!(late[first..].iter().all(|(at, ..)| *at >= Time::millis(104)), "{late:?}");
    assert!(read(&history, N3).iter().all(|(at, ..)| *at < Time::millis(50)), "n3 is not struck");
}

#[test]
fn a_reader_that_stood_still_catches_up_in_order() {
    // The pause ends at every instant at which a write arrives, too.
    for end in 20..30 {
        let mut schedule = in_turn(30);
        let most = Span::millis(5);
        schedule.header.controlled = Some(Controlled { min_latency: most, max_latency: most });
        schedule.disturbances = vec![during(3, end, Trouble::Pause { node: N2 })];
        let history = run(&schedule, &WRITES);
        assert_eq!(agreed(&history).len(), 30, "until {end}");
    }
}

#[test]
fn whoever_comes_back_reads_what_is_written_after_that() {
    let mut schedule = writes(3, 7, &[(0, 10), (0, 40), (0, 80)]);
    schedule.disturbances = vec![during(30, 60, Trouble::Crash { node: N2, effects: None })];
    let history = run(&schedule, &WRITES);
    let names: Vec<String> = order(&history, N2).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["n1:0:1", "n1:0:3"]);
}

fn lying(how: Deceit) -> Schedule {
    let mut schedule = in_turn(30);
    schedule.disturbances = vec![during(0, 400, Trouble::Lie { node: N1, rate: ALWAYS, how })];
    schedule
}

#[test]
fn what_a_liar_writes_is_one_lie_for_all() {
    let truth = agreed(&run(&in_turn(30), &WRITES));
    for way in [Way::SmallScope, Way::Earlier, Way::Equivocate] {
        let told = agreed(&run(&lying(Deceit::plain(way)), &WRITES));
        assert_ne!(told, truth, "{}", way.word());
        let of_others = |read: &[(String, Option<String>)]| -> BTreeSet<_> {
            read.iter().filter(|(name, _)| !name.starts_with("n1")).cloned().collect()
        };
        assert!(of_others(&told).is_superset(&of_others(&truth)), "nobody else lies");
    }
}

#[test]
fn a_liar_that_lies_to_some_writes_the_truth() {
    let truth = agreed(&run(&in_turn(30), &WRITES));
    let how = Deceit { to: Some(vec![N2]), ..Deceit::plain(Way::SmallScope) };
    assert_eq!(agreed(&run(&lying(how), &WRITES)), truth);
}

#[test]
fn a_liar_may_write_nothing_or_late_and_still_all_read_alike() {
    let silent = agreed(&run(&lying(Deceit::plain(Way::Silent)), &WRITES));
    assert_eq!(silent.len(), 20, "ten of thirty are withheld");
    let most = Span::millis(50);
    let late = run(&lying(Deceit { most, ..Deceit::plain(Way::Late) }), &WRITES);
    assert_eq!(agreed(&late).len(), 30);
    assert_ne!(agreed(&late), agreed(&run(&in_turn(30), &WRITES)), "some come later");
}

#[test]
fn a_liar_repeats_its_own_writes_and_none_of_its_messages() {
    let again = agreed(&run(&lying(Deceit::plain(Way::Replay)), &WRITES));
    let distinct: BTreeSet<_> = again.iter().cloned().collect();
    assert!(distinct.len() < again.len(), "something is repeated");
    let truth: BTreeSet<_> = agreed(&run(&in_turn(30), &WRITES)).into_iter().collect();
    assert!(distinct.is_subset(&truth), "nothing else is said");
}

#[test]
fn a_lie_that_was_drawn_can_be_named() {
    let schedule = lying(Deceit::plain(Way::SmallScope));
    let history = run_network(&schedule, &WRITES);
    let told: Vec<_> = history.events().filter_map(|event| drawn_lie(&event)).collect();
    assert!(!told.is_empty());
    let mut named = in_turn(30);
    named.disturbances = told
        .iter()
        .map(|(transit, fate)| {
            assert!(transit.is_write());
            struck(transit.to, transit.number, *fate)
        })
        .collect();
    assert_eq!(agreed(&run(&named, &WRITES)), agreed(&history));
}

#[test]
fn the_writer_in_the_history_is_the_writer_and_frames_name_their_network() {
    let history = run_network(&in_turn(6), &WRITES);
    let frames: Vec<_> = history.events().filter_map(|e| e.transmission().cloned()).collect();
    assert_eq!(frames.len(), 6 * 3 * 2);
    assert!(frames.iter().all(|frame| frame.network == NetworkId::CONTROLLED));
    let text = String::from_utf8(bytes(&history)).expect("a history is text");
    assert_eq!(text.matches("\"net\":1").count(), frames.len());
    for event in history.events().filter(|e| e.kind() == Kind::Recv) {
        let frame = event.transmission().expect("it is one");
        let message = history.message_name(frame.messages[0]);
        assert!(message.starts_with(&frame.peer.to_string()), "{message} from {}", frame.peer);
    }
}

fn bytes(history: &History) -> Vec<u8> {
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).expect("a vector takes every byte");
    bytes
}

#[test]
fn only_writes_go_over_the_controlled_network() {
    let history = run(&writes(3, 7, &[(0, 10)]), &SENDS);
    assert_eq!(order(&history, N2).len(), 1, "what was sent to it alone went nowhere");
    assert_eq!(with(&history, "carries writes").len(), 1);
}

#[test]
fn without_a_controlled_network_a_write_goes_the_usual_way() {
    let mut schedule = writes(3, 7, &[(0, 10)]);
    schedule.header.controlled = None;
    let history = run_network(&schedule, &WRITES);
    assert_eq!(read(&history, N2)[0].0, Time::millis(20), "messages take 10 ms");
    assert!(!String::from_utf8_lossy(&bytes(&history)).contains("\"net\""));
}

#[test]
fn both_copies_of_a_node_read_and_write_under_the_one_name() {
    let mut schedule = in_turn(6);
    let apart = Trouble::Twin { node: N1, first: Some(vec![N2]), second: Some(vec![N3]) };
    schedule.disturbances = vec![during(0, 400, apart)];
    let history = run(&schedule, &WRITES);
    assert_eq!(order(&history, N2), order(&history, N3));
    // Two of the six writes are made by either copy.
    assert_eq!(order(&history, N2).len(), 8);
    assert_eq!(with(&history, "its second copy delivers").len(), 8);
}
