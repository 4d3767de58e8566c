//! What every order of arrival keeps to, and what makes each the one that it is.

mod common;

use common::*;
use pepperland_core::history::{Channel, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Links, Order, Schedule, Transit, Trouble};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use std::collections::{BTreeMap, BTreeSet};

const ORDERS: [Order; 6] = [
    Order::Uniform,
    Order::Steady,
    Order::Fifo { delays: 3, among: 40 },
    Order::Pos,
    Order::Pctcp { depth: 3, among: 40 },
    Order::Rounds,
];

/// Three nodes that multicast again and again, in an order of arrival.
fn busy(order: Order, seed: u64) -> Schedule {
    let mut schedule = multicasts(Channel::Perfect, &[0, 0, 3, 3, 9, 20, 21, 60]);
    for (number, step) in schedule.steps.iter_mut().enumerate() {
        step.node = NodeId(number as u32 % 3);
    }
    schedule.header.seed = Seed(seed);
    schedule.header.order = order;
    schedule.header.network.min_latency = Span::millis(1);
    schedule.header.network.max_latency = Span::millis(50);
    schedule
}

/// A frame: its link, its number there, when it was sent and when it came.
type Flown = (NodeId, NodeId, u32, Time, Time);

fn flown(history: &History) -> Vec<Flown> {
    let came = |id: u64| {
        let of_it = |kind| {
            move |e: &pepperland_core::history::Event<'_>| {
                e.kind() == kind && e.transmission().is_some_and(|frame| frame.id == id)
            }
        };
        let mut receipts = history.events().filter(of_it(Kind::Recv));
        let first = receipts.next().expect("every frame arrives");
        assert!(receipts.next().is_none(), "no frame arrives twice");
        first.time()
    };
    let mut numbers: BTreeMap<(NodeId, NodeId), u32> = BTreeMap::new();
    let sends = history.events().filter(|event| event.kind() == Kind::Send);
    let frame = |event: pepperland_core::history::Event<'_>| {
        let frame = event.transmission().expect("a send has its frame");
        let (from, to) = (event.node().expect("a sender"), frame.peer);
        let number = numbers.entry((from, to)).or_default();
        *number += 1;
        (from, to, *number, event.time(), came(frame.id))
    };
    sends.map(frame).collect()
}

fn latencies(order: Order, seed: u64) -> Vec<(NodeId, NodeId, Span)> {
    let frames = flown(&run_network(&busy(order, seed), &PLAIN));
    let others = frames.into_iter().filter(|(from, to, ..)| from != to);
    others.map(|(from, to, _, sent, came)| (from, to, came.since(sent))).collect()
}

#[test]
fn every_frame_arrives_once_and_within_the_bounds() {
    for order in ORDERS {
        for seed in 0..20 {
            let frames = flown(&run_network(&busy(order, seed), &PLAIN));
            assert_eq!(frames.len(), 24, "{order}");
            for (from, to, _, sent, came) in frames {
                let took = came.since(sent);
                let most = if from == to { Span::millis(1) } else { Span::millis(50) };
                assert!((Span::millis(1)..=most).contains(&took), "{order}: {took:?}");
            }
        }
    }
}

#[test]
fn the_same_schedule_is_the_same_run_also_out_of_a_file() {
    for order in ORDERS {
        let schedule = busy(order, 7);
        let read = Schedule::from_text(&schedule.to_text()).expect("it was written");
        let [one, other] = [&schedule, &read].map(|s| run_network(s, &PLAIN).digest());
        assert_eq!(one, other, "{order}");
        let another = run_network(&busy(order, 8), &PLAIN).digest();
        assert_ne!(one, another, "{order} depends on the seed");
    }
}

#[test]
fn the_usual_order_is_what_the_hash_of_each_message_says_and_is_not_written_down() {
    let schedule = busy(Order::Uniform, 3);
    assert!(!schedule.to_text().contains("order"));
    for (from, to, number, sent, came) in flown(&run_network(&schedule, &PLAIN)) {
        let transit = Transit::of_payload(from, to, number);
        let drawn = transit.latency(schedule.header.seed, &schedule.header.network);
        assert_eq!(came.since(sent), drawn);
    }
}

#[test]
fn detail_does_not_change_what_happens() {
    for order in ORDERS {
        let schedule = busy(order, 5);
        let network = run_network(&schedule, &PLAIN);
        let plain = run(&schedule, &PLAIN);
        assert_eq!(with(&plain, "deliver"), with(&network, "deliver"), "{order}");
    }
}

#[test]
fn a_cut_or_a_pause_keeps_nothing_back_for_ever() {
    for order in ORDERS {
        for seed in 0..10 {
            let mut schedule = busy(order, seed);
            let cut = Trouble::Cut { links: Links::between(vec![N1], vec![N2, N3]) };
            schedule.disturbances =
                vec![during(5, 30, cut), during(2, 40, Trouble::Pause { node: N3 })];
            let history = run(&schedule, &PLAIN);
            assert_eq!(with(&history, "deliver").len(), 24, "{order}, seed {seed}");
        }
    }
}

#[test]
fn a_late_message_is_late_in_every_order() {
    for order in ORDERS {
        let mut schedule = busy(order, 1);
        let by = Span::millis(200);
        let fate = pepperland_core::schedule::Fate::Delay { by };
        let strike = Trouble::strike(N1, N2, 1, fate);
        schedule.disturbances = vec![Disturbance::from(Time::ZERO, strike)];
        let frames = flown(&run_network(&schedule, &PLAIN));
        let struck = frames.iter().find(|f| (f.0, f.1, f.2) == (N1, N2, 1)).expect("it is sent");
        let took = struck.4.since(struck.3);
        assert!(took >= Span::millis(201) && took <= Span::millis(250), "{order}: {took:?}");
    }
}

#[test]
fn steady_links_have_one_latency_each() {
    let mut all = BTreeSet::new();
    for seed in 0..10 {
        let mut of_link = BTreeMap::new();
        for (from, to, took) in latencies(Order::Steady, seed) {
            assert_eq!(*of_link.entry((from, to)).or_insert(took.0), took.0);
            all.insert(took.0);
        }
    }
    assert!(all.len() > 5, "links differ");
}

#[test]
fn few_messages_are_delayed_and_these_as_much_as_may_be() {
    for seed in 0..20 {
        let took = latencies(Order::Fifo { delays: 2, among: 16 }, seed);
        let late = took.iter().filter(|(_, _, took)| *took == Span::millis(50)).count();
        let early = took.iter().filter(|(_, _, took)| *took == Span::millis(1)).count();
        assert!((1..=2).contains(&late), "seed {seed}: {late} are late");
        assert_eq!(late + early, took.len());
    }
}

#[test]
fn rounds_end_for_all_at_once() {
    let frames = flown(&run_network(&busy(Order::Rounds, 2), &PLAIN));
    let others = frames.iter().filter(|(from, to, ..)| from != to);
    let ends: BTreeSet<u64> = others.map(|(.., came)| came.0 / 1_000_000).collect();
    assert!(ends.len() <= 3, "16 frames in few rounds: {ends:?}");
}

#[test]
fn races_are_drawn_anew() {
    // What n1 sends to n3 races there with what n2 sends at the same time.
    let took = |order, seed, racing: bool| {
        let mut schedule = busy(order, seed);
        schedule.steps.truncate(if racing { 2 } else { 1 });
        let frames = flown(&run_network(&schedule, &PLAIN));
        let frame = frames.iter().find(|f| (f.0, f.1) == (N1, N3)).expect("it is sent");
        frame.4.since(frame.3)
    };
    let changed = |order| {
        let differs = |seed: &u64| took(order, *seed, true) != took(order, *seed, false);
        (0..40).filter(differs).count()
    };
    assert_eq!(changed(Order::Uniform), 0, "each latency is drawn by itself");
    let lost = changed(Order::Pos);
    assert!((8..=32).contains(&lost), "every other race is lost, not {lost} of 40");
}

/// How many of so many runs satisfy something, and the chance that is promised for one.
fn share(
    runs: u64,
    depth: u32,
    schedule: fn() -> Schedule,
    bug: fn(&History) -> bool,
) -> (f64, f64) {
    let (mut found, mut promised) = (0, 1.0_f64);
    for seed in 0..runs {
        let mut schedule = schedule();
        schedule.header.seed = Seed(seed);
        schedule.header.order = Order::Pctcp { depth, among: 8 };
        let history = run(&schedule, &PLAIN);
        let told = &history.header.about["order"];
        let number = |key: &str| told[key].as_f64().expect("a number");
        let chance = 1.0 / (number("chains") * number("frames").powi(depth as i32 - 1));
        promised = promised.min(chance);
        found += u64::from(bug(&history));
    }
    (found as f64 / runs as f64, promised)
}

/// n1 and n2 multicast at once.
fn two_at_once() -> Schedule {
    let mut schedule = busy(Order::Uniform, 0);
    schedule.steps.truncate(2);
    schedule
}

fn place(history: &History, what: &str) -> Option<usize> {
    lines(history).iter().position(|line| line.contains(what))
}

#[test]
fn bugs_of_a_known_depth_are_found_as_often_as_is_promised() {
    // Depth 1: one message overtakes one of another sender. Depth 2: each of two messages is first
    // at another node.
    let second_first = |history: &History| {
        place(history, "n3 deliver n2:0:1") < place(history, "n3 deliver n1:0:1")
    };
    let (share_1, promised) = share(400, 1, two_at_once, second_first);
    assert!(share_1 >= promised, "{share_1} of the runs, promised {promised}");
    let crossed = |history: &History| {
        place(history, "n1 deliver n2:0:1") > place(history, "n1 deliver n1:0:1")
            && place(history, "n3 deliver n2:0:1") < place(history, "n3 deliver n1:0:1")
    };
    let (share_2, promised) = share(400, 2, two_at_once, crossed);
    assert!(share_2 >= promised && promised > 0.0, "{share_2} of the runs, promised {promised}");
}
