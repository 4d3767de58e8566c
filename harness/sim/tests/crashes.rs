//! What a crash takes away and what it leaves, between any two effects and at any instant.

mod common;

use common::*;
use pepperland_core::history::Channel::{FairLoss, Perfect};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{InFlight, Trouble};

const fn crash(node: NodeId, effects: Option<u32>) -> Trouble {
    Trouble::Crash { node, effects }
}

#[test]
fn a_crash_falls_between_any_two_unicasts_of_one_multicast() {
    let nodes = 5;
    for sent in 0..nodes {
        let mut schedule = multicasts(Perfect, &[5]);
        schedule.header.nodes = nodes;
        schedule.disturbances = vec![from(0, crash(N1, Some(sent)))];
        let history = run(&schedule, &PLAIN);
        // The first unicast is to the sender itself, which is no more.
        let reached = (2..=sent).map(|n| format!("15 n{n} deliver n1:0:1"));
        assert_eq!(with(&history, "deliver"), reached.collect::<Vec<_>>(), "after {sent}");
        assert_eq!(with(&history, "crash"), ["5 n1 crash"], "after {sent}");
    }
}

#[test]
fn a_handler_with_no_more_effects_than_that_is_survived() {
    let mut schedule = multicasts(Perfect, &[5]);
    schedule.disturbances = vec![from(0, crash(N1, Some(3)))];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "deliver").len(), 3);
    assert!(with(&history, "crash").is_empty());
}

#[test]
fn the_first_handler_that_is_long_enough_is_the_last_one() {
    let mut schedule = multicasts(Perfect, &[20]);
    schedule.steps.insert(0, multicast(9, N2, 0));
    // The delivery of n2's message has one effect, the multicast three.
    schedule.disturbances = vec![from(0, crash(N1, Some(1)))];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n1 deliver"), ["10 n1 deliver n2:0:1"]);
    assert_eq!(with(&history, "crash"), ["20 n1 crash"]);
}

#[test]
fn only_what_was_written_before_the_crash_is_on_the_disk() {
    for (effects, count) in [(0, 0), (1, 1)] {
        let mut schedule = multicasts(Perfect, &[0]);
        schedule.disturbances = vec![during(5, 50, crash(N2, Some(effects)))];
        let history = run(&schedule, &COUNTS);
        assert!(with(&history, "n2 deliver").is_empty(), "after {effects}");
        let recovered = [format!("50 n2 note recovered with {count}")];
        assert_eq!(with(&history, "note"), recovered, "after {effects}");
    }
}

#[test]
fn stable_storage_outlives_every_crash_and_nothing_else_does() {
    let mut schedule = multicasts(Perfect, &[0, 20, 70, 110]);
    schedule.disturbances = vec![during(40, 60, crash(N2, None)), during(90, 100, crash(N2, None))];
    let history = run(&schedule, &COUNTS);
    let recovered = ["60 n2 note recovered with 2", "100 n2 note recovered with 3"];
    assert_eq!(with(&history, "note"), recovered);
    assert_eq!(with(&history, "n2 deliver").len(), 4);
}

#[test]
fn at_an_instant_a_node_stops_for_good() {
    let mut schedule = multicasts(Perfect, &[0, 5, 30]);
    schedule.steps.push(multicast(9, N2, 40));
    schedule.disturbances = vec![from(12, crash(N2, None))];
    let history = run(&schedule, &PLAIN);
    // The second message was on its way to it; its own request is not made.
    assert_eq!(with(&history, "n2 "), ["10 n2 deliver n1:0:1", "12 n2 crash"]);
    assert_eq!(with(&history, "n3 deliver").len(), 3);
}

#[test]
fn a_crash_loses_the_timers() {
    let mut schedule = quiet(Perfect);
    let at = |ms| pepperland_core::schedule::When::At(pepperland_core::time::Time::millis(ms));
    schedule.steps = vec![ask(0, N1, at(0), "30"), ask(1, N1, at(60), "30")];
    schedule.disturbances = vec![during(10, 20, crash(N1, None))];
    let history = run(&schedule, &ALARM);
    assert_eq!(with(&history, "rang"), ["90 n1 note rang 7, clock 90"]);
}

#[test]
fn a_node_that_is_down_cannot_crash_and_one_that_is_up_cannot_restart() {
    let mut schedule = multicasts(Perfect, &[0]);
    schedule.disturbances = vec![
        from(5, crash(N2, None)),
        from(7, crash(N2, None)),
        // This crash waits for a handler with nine effects, and its end finds the node up.
        during(5, 40, crash(N3, Some(9))),
    ];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "crash"), ["5 n2 crash"]);
    assert!(with(&history, "recover").is_empty());
}

#[test]
fn a_crash_that_is_over_does_not_wait_any_longer() {
    let mut schedule = multicasts(Perfect, &[50]);
    schedule.disturbances = vec![during(5, 40, crash(N1, Some(1)))];
    assert_eq!(with(&run(&schedule, &PLAIN), "deliver").len(), 3);
}

#[test]
fn what_was_sent_arrives_or_dies_with_its_sender() {
    let mut schedule = multicasts(Perfect, &[0, 12]);
    schedule.disturbances = vec![from(15, crash(N1, None))];
    let first = ["10 n2 deliver n1:0:1", "10 n3 deliver n1:0:1"];
    let second = ["22 n2 deliver n1:0:2", "22 n3 deliver n1:0:2"];
    let delivered = |schedule: &pepperland_core::schedule::Schedule| -> Vec<String> {
        let deliver = with(&run(schedule, &PLAIN), "deliver");
        deliver.into_iter().filter(|line| !line.contains("n1 deliver")).collect()
    };
    assert_eq!(delivered(&schedule), [first, second].concat());
    schedule.header.network.in_flight = InFlight::Lost;
    assert_eq!(delivered(&schedule), first);
}

#[test]
fn what_died_with_its_sender_stays_dead_when_the_sender_is_back() {
    let mut schedule = multicasts(Perfect, &[0]);
    schedule.header.network.in_flight = InFlight::Lost;
    schedule.disturbances = vec![during(3, 6, crash(N1, None))];
    let history = run_network(&schedule, &PLAIN);
    assert!(with(&history, "deliver").is_empty());
    assert_eq!(with(&history, "drop").len(), 3);
    assert_eq!(with(&history, "sender crashed").len(), 3);
}

#[test]
fn a_frame_to_an_earlier_incarnation_is_fenced_off() {
    for channel in [FairLoss, Perfect] {
        let mut schedule = multicasts(channel, &[0, 4, 20]);
        // One message is sent before the crash, one while the node is down, one after its return.
        schedule.disturbances = vec![during(3, 6, crash(N2, None))];
        let history = run_network(&schedule, &PLAIN);
        assert_eq!(with(&history, "n2 deliver"), ["30 n2 deliver n1:0:3"]);
        assert_eq!(with(&history, "receiver down").len(), 2);
    }
}

#[test]
fn each_incarnation_counts_its_messages_from_one() {
    let mut schedule = multicasts(Perfect, &[0, 1, 30, 31]);
    schedule.disturbances = vec![during(15, 20, crash(N1, None))];
    let history = run(&schedule, &PLAIN);
    let names: Vec<_> = history.events().filter_map(|event| event.message_name()).collect();
    for name in ["n1:0:1", "n1:0:2", "n1:1:1", "n1:1:2"] {
        // One broadcast and three deliveries.
        assert_eq!(names.iter().filter(|n| *n == name).count(), 4, "{name}");
    }
}
