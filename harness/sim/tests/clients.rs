//! Requests of clients, and the end of a run.

mod common;

use common::*;
use pepperland_core::history::Channel::Perfect;
use pepperland_core::history::Kind;
use pepperland_core::schedule::{Trouble, When};
use pepperland_core::time::{Span, Time};

fn upon(of: u32, after: u64) -> When {
    When::Upon { of, after: Span::millis(after) }
}

#[test]
fn a_step_waits_for_the_delivery_at_its_own_node() {
    let mut schedule = multicasts(Perfect, &[0]);
    schedule.steps.push(ask(1, N3, upon(0, 7), "answer"));
    schedule.steps.push(ask(2, N2, upon(1, 0), "answer to the answer"));
    let history = run(&schedule, &PLAIN);
    // n3 delivers at 10 and takes 7; n2 delivers the answer at 27 and takes nothing.
    let broadcasts = ["0 n1 broadcast n1:0:1", "17 n3 broadcast n3:0:1", "27 n2 broadcast n2:0:1"];
    assert_eq!(with(&history, "broadcast"), broadcasts);
}

#[test]
fn an_answer_is_caused_by_what_it_answers() {
    let mut schedule = multicasts(Perfect, &[0]);
    schedule.steps.push(ask(1, N2, upon(0, 1), "answer"));
    let history = run(&schedule, &PLAIN);
    let broadcasts: Vec<_> = history.events().filter(|e| e.kind() == Kind::Broadcast).collect();
    assert!(broadcasts[0].causes().is_empty());
    let [cause] = broadcasts[1].causes() else { panic!("one cause") };
    let cause = history.event(*cause);
    assert_eq!((cause.kind(), cause.node()), (Kind::Deliver, Some(N2)));
    assert_eq!(cause.message_name().as_deref(), Some("n1:0:1"));
}

#[test]
fn a_step_that_waited_is_made_once_however_often_it_is_delivered() {
    let mut schedule = multicasts(Perfect, &[0]);
    schedule.steps.push(ask(1, N2, upon(0, 0), "answer"));
    let most = Span::millis(5);
    let trouble = Trouble::Duplicate { links: n1_to_n2(), rate: ALWAYS, most };
    schedule.disturbances = vec![during(0, 5, trouble)];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver n1").len(), 2);
    assert_eq!(with(&history, "n2 broadcast").len(), 1);
}

#[test]
fn what_is_never_delivered_is_never_answered() {
    let mut schedule = multicasts(Perfect, &[0]);
    schedule.steps.push(ask(1, N2, upon(0, 0), "answer"));
    let trouble = Trouble::Lose { links: n1_to_n2(), rate: ALWAYS };
    schedule.disturbances = vec![during(0, 5, trouble)];
    assert_eq!(with(&run(&schedule, &PLAIN), "broadcast").len(), 1);
}

#[test]
fn requests_at_a_crashed_node_are_not_made() {
    let mut schedule = multicasts(Perfect, &[0, 20, 40]);
    schedule.steps.push(ask(9, N2, upon(0, 15), "answer"));
    schedule.disturbances = vec![
        during(15, 30, Trouble::Crash { node: N1, effects: None }),
        from(20, Trouble::Crash { node: N2, effects: None }),
    ];
    let history = run(&schedule, &PLAIN);
    let broadcasts = ["0 n1 broadcast n1:0:1", "40 n1 broadcast n1:1:1"];
    assert_eq!(with(&history, "broadcast"), broadcasts);
}

#[test]
fn a_run_ends_when_nothing_is_left_to_happen() {
    let history = run(&multicasts(Perfect, &[5]), &PLAIN);
    assert_eq!(history.end(), Time::millis(15));
    assert!(history.header.complete);
}

#[test]
fn nothing_happens_after_the_end() {
    let mut schedule = multicasts(Perfect, &[5, 9]);
    schedule.header.end = Time::millis(18);
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "deliver n1:0:1").len(), 3);
    assert!(with(&history, "deliver n1:0:2").is_empty());
    assert_eq!(history.end(), Time::millis(18));
}

#[test]
fn a_run_that_was_cut_short_is_not_complete() {
    let mut schedule = multicasts(Perfect, &[5, 9]);
    schedule.header.end = Time::millis(18);
    assert!(!run(&schedule, &PLAIN).header.complete);
    schedule.header.end = Time::millis(19);
    assert!(run(&schedule, &PLAIN).header.complete, "nothing was left to happen");
}

#[test]
fn while_something_queues_before_a_slow_link_a_run_is_not_complete() {
    let mut schedule = multicasts(Perfect, &[0, 1]);
    schedule.header.end = Time::millis(8_000);
    let trouble = Trouble::Throttle { links: n1_to_n2(), every: Span::seconds(10) };
    schedule.disturbances = vec![during(0, 5, trouble)];
    assert!(!run(&schedule, &PLAIN).header.complete);
    schedule.header.end = Time::millis(11_000);
    assert!(run(&schedule, &PLAIN).header.complete, "nothing was left to happen");
}

#[test]
fn what_happens_at_the_last_instant_still_happens() {
    let mut schedule = multicasts(Perfect, &[5]);
    schedule.header.end = Time::millis(15);
    assert_eq!(with(&run(&schedule, &PLAIN), "deliver").len(), 3);
}

#[test]
fn a_run_of_nothing_is_empty() {
    let history = run(&quiet(Perfect), &PLAIN);
    assert!(history.is_empty());
    assert_eq!(history.end(), Time::ZERO);
}
