//! Two copies of a node run under one name: others cannot tell them apart, and the schedule says
//! whom each talks with.

mod common;

use common::*;
use pepperland_core::history::Channel::FairLoss;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Schedule, Trouble, When};
use pepperland_core::time::Time;

fn twin(first: Option<&[NodeId]>, second: Option<&[NodeId]>) -> Trouble {
    let side = |nodes: Option<&[NodeId]>| nodes.map(<[NodeId]>::to_vec);
    Trouble::Twin { node: N1, first: side(first), second: side(second) }
}

fn with_twin(at: &[u64], rounds: &[Disturbance]) -> Schedule {
    let mut schedule = multicasts(FairLoss, at);
    schedule.disturbances = rounds.to_vec();
    schedule
}

/// What a node has delivered: the body of a first copy, or that of a second.
fn delivered(history: &History, node: NodeId) -> Vec<(String, bool)> {
    let table = history.message_table();
    let deliveries = history.events().filter(|event| event.kind() == Kind::Deliver);
    let here = deliveries.filter(|event| event.node() == Some(node));
    here.map(|event| {
        let row = event.message().expect("a delivery is of a message") as usize;
        let asked = history.event(pepperland_core::history::EventId(table.broadcasts()[row]));
        (event.message_name().expect("it has a name"), event.digest() == asked.digest())
    })
    .collect()
}

fn name(number: u32) -> String {
    format!("n1:0:{number}")
}

#[test]
fn both_copies_multicast_under_one_name_and_not_the_same() {
    let schedule = with_twin(&[50], &[during(0, 500, twin(None, None))]);
    let history = run(&schedule, &PLAIN);
    assert_eq!(history.header.byzantine, ["n1"]);
    for node in [N2, N3] {
        assert_eq!(delivered(&history, node), [(name(1), true), (name(1), false)]);
    }
    assert_eq!(
        delivered(&history, N1),
        [(name(1), true), (name(1), false)],
        "its own and its twin's"
    );
    assert_eq!(with(&history, "second copy delivers").len(), 2);
    assert_eq!(with(&history, "broadcast").len(), 1, "only the first copy's is an event");
    assert_eq!(with(&history, "heal"), ["500 heal touched=3 id=0"], "what the second copy sent");
}

#[test]
fn each_copy_talks_with_those_of_its_side() {
    let apart = twin(Some(&[N2]), Some(&[N3]));
    let mut schedule = with_twin(&[50], &[during(0, 500, apart)]);
    schedule.steps.push(multicast(7, N2, 60));
    schedule.steps.push(multicast(8, N3, 70));
    let history = run(&schedule, &PLAIN);
    assert_eq!(delivered(&history, N2)[0], (name(1), true));
    assert_eq!(delivered(&history, N3)[0], (name(1), false));
    let first: Vec<String> = delivered(&history, N1).into_iter().map(|(name, _)| name).collect();
    assert_eq!(first, [name(1), "n2:0:1".to_owned()], "and not its twin's");
    let second = with(&history, "second copy delivers");
    assert_eq!(second.len(), 2);
    assert!(second[1].contains("n3:0:1"), "{second:?}");
}

#[test]
fn rounds_follow_one_another() {
    let rounds = [
        during(0, 100, twin(Some(&[N2, N3]), Some(&[]))),
        during(100, 200, twin(Some(&[]), Some(&[N2, N3]))),
    ];
    let history = run(&with_twin(&[50, 150, 300], &rounds), &PLAIN);
    for node in [N2, N3] {
        let all = [(name(1), true), (name(2), false), (name(3), true)];
        assert_eq!(delivered(&history, node), all, "there is no second copy after its rounds");
    }
}

#[test]
fn a_copy_that_begins_late_knows_nothing() {
    let mut schedule = with_twin(&[10], &[during(100, 400, twin(None, None))]);
    schedule.steps.push(ask(9, N2, When::At(Time::millis(20)), "old"));
    schedule.steps.push(ask(10, N2, When::At(Time::millis(200)), "new"));
    let history = run(&schedule, &PLAIN);
    let notes = with(&history, "second copy delivers");
    assert_eq!(notes.len(), 1);
    assert!(notes[0].contains("\"new\""), "{notes:?}");
}

#[test]
fn frames_tell_which_copy_they_are_of_and_messages_of_a_link_keep_their_numbers() {
    let mut schedule = with_twin(&[50], &[during(0, 500, twin(None, None))]);
    let history = run_network(&schedule, &PLAIN);
    let sends = history.events().filter(|event| event.kind() == Kind::Send);
    let labels: Vec<String> = sends
        .filter_map(|event| event.transmission()?.label.as_deref().map(str::to_owned))
        .filter(|label| label.contains("second copy"))
        .collect();
    assert!(labels.len() >= 3, "{labels:?}");
    // The second message on the link is the one of the second copy.
    let lose = pepperland_core::schedule::Fate::Lose;
    schedule.disturbances.push(from(0, Trouble::strike(N1, N2, 2, lose)));
    let history = run(&schedule, &PLAIN);
    assert_eq!(delivered(&history, N2), [(name(1), true)]);
    assert_eq!(delivered(&history, N3), [(name(1), true), (name(1), false)]);
}

#[test]
fn twins_run_alike_each_time_and_in_every_order_of_arrival() {
    for order in ["", "fifo(2/40)", "pos", "pctcp(3/40)", "rounds"] {
        let mut schedule = with_twin(&[10, 20, 30], &[during(5, 300, twin(Some(&[N2]), None))]);
        schedule.header.network.min_latency = pepperland_core::time::Span::millis(1);
        if !order.is_empty() {
            schedule.header.order = order.parse().expect("an order");
        }
        let once = run_network(&schedule, &COUNTS);
        assert_eq!(lines(&once), lines(&run_network(&schedule, &COUNTS)), "{order}");
        assert!(!with(&once, "second copy delivers").is_empty(), "{order}");
    }
}
