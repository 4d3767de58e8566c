//! What comes first of what happens at one instant.

mod common;

use common::*;
use pepperland_core::history::Channel::FairLoss;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Links, Trouble};

fn crash(node: NodeId) -> Trouble {
    Trouble::Crash { node, effects: None }
}

#[test]
fn nodes_take_turns_whatever_the_order_of_their_requests() {
    let mut schedule = quiet(FairLoss);
    schedule.steps = vec![multicast(0, N2, 5), multicast(1, N1, 5), multicast(2, N1, 5)];
    let history = run(&schedule, &PLAIN);
    let asked = ["5 n1 broadcast n1:0:1", "5 n1 broadcast n1:0:2", "5 n2 broadcast n2:0:1"];
    assert_eq!(with(&history, "broadcast"), asked);
    let delivered = ["15 n3 deliver n1:0:1", "15 n3 deliver n1:0:2", "15 n3 deliver n2:0:1"];
    assert_eq!(with(&history, "n3 deliver"), delivered);
}

#[test]
fn a_node_does_all_that_is_due_in_the_order_in_which_it_was_planned() {
    let mut schedule = quiet(FairLoss);
    schedule.steps = vec![multicast(0, N2, 5), multicast(1, N1, 15), multicast(2, N1, 5)];
    let history = run(&schedule, &PLAIN);
    let at_n1 = ["15 n1 broadcast n1:0:2", "15 n1 deliver n1:0:1", "15 n1 deliver n2:0:1"];
    assert_eq!(with(&history, "15 n1"), at_n1);
    assert!(lines(&history).iter().skip(2).take(3).eq(&at_n1), "{:?}", lines(&history));
}

#[test]
fn all_that_begins_and_ends_does_so_before_a_node_that_has_come_back_acts() {
    let mut schedule = quiet(FairLoss);
    schedule.steps = vec![multicast(0, N2, 100)];
    let lose = Trouble::Lose { links: Links::all(), rate: ALWAYS };
    schedule.disturbances = vec![during(50, 100, crash(N2)), during(60, 100, lose)];
    let history = run(&schedule, &COUNTS);
    let after = [
        "100 n2 recover",
        "100 heal touched=0 id=1",
        "100 n2 note recovered with 0",
        "100 n2 broadcast n2:1:1",
    ];
    assert_eq!(with(&history, "100 "), after);
}

#[test]
fn a_node_that_comes_back_into_a_pause_recovers_after_it() {
    let mut schedule = quiet(FairLoss);
    let pause = Trouble::Pause { node: N2 };
    schedule.disturbances = vec![during(50, 100, crash(N2)), during(100, 120, pause)];
    let history = run(&schedule, &COUNTS);
    let after = ["100 n2 recover", "100 n2 pause", "120 n2 resume", "120 n2 note recovered with 0"];
    assert_eq!(lines(&history)[1..], after);
}

#[test]
fn a_node_that_crashes_as_it_comes_back_does_not_recover() {
    let mut schedule = quiet(FairLoss);
    schedule.disturbances = vec![during(50, 100, crash(N2)), from(100, crash(N2))];
    let history = run(&schedule, &COUNTS);
    assert_eq!(lines(&history), ["50 n2 crash", "100 n2 recover", "100 n2 crash"]);
}
