//! Pauses, clocks and timers.

mod common;

use common::*;
use pepperland_core::history::Channel::Perfect;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Schedule, Step, Trouble, When};
use pepperland_core::time::{Span, Time};

const fn pause(node: NodeId) -> Trouble {
    Trouble::Pause { node }
}

/// A request to n1 at a millisecond, for a timer of so many; any other word cancels it.
fn set(id: u32, at: u64, timer: &str) -> Step {
    ask(id, N1, When::At(Time::millis(at)), timer)
}

fn alarm(steps: Vec<Step>, trouble: Option<(u64, u64, Trouble)>) -> Vec<String> {
    let trouble = trouble.map(|(at, until, trouble)| during(at, until, trouble));
    let disturbances = trouble.into_iter().collect();
    let schedule = Schedule { steps, disturbances, ..quiet(Perfect) };
    with(&run(&schedule, &ALARM), "n1 note")
}

#[test]
fn a_paused_node_handles_nothing_and_loses_nothing() {
    let mut schedule = multicasts(Perfect, &[0, 25, 60]);
    schedule.steps.push(multicast(8, N2, 20));
    schedule.disturbances = vec![during(5, 50, pause(N2))];
    let history = run(&schedule, &PLAIN);
    let n2 = [
        "5 n2 pause",
        "50 n2 resume",
        // What waited comes in its order: a message, its own request, another message.
        "50 n2 deliver n1:0:1",
        "50 n2 broadcast n2:0:1",
        "50 n2 deliver n1:0:2",
        "60 n2 deliver n2:0:1",
        "70 n2 deliver n1:0:3",
    ];
    assert_eq!(with(&history, " n2 "), n2);
    assert_eq!(with(&history, "n3 deliver").len(), 4);
}

#[test]
fn a_timer_waits_for_a_paused_node() {
    let rang = alarm(vec![set(0, 0, "20")], Some((10, 50, pause(N1))));
    assert_eq!(rang, ["0 n1 note asked, clock 0", "50 n1 note rang 7, clock 50"]);
}

#[test]
fn a_pause_leaves_the_others_alone() {
    let mut schedule = multicasts(Perfect, &[0]);
    schedule.disturbances = vec![during(5, 50, pause(N2))];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n3 deliver"), ["10 n3 deliver n1:0:1"]);
}

#[test]
fn without_an_end_a_pause_is_over_when_faults_end() {
    let mut schedule = multicasts(Perfect, &[0]);
    schedule.disturbances = vec![from(5, pause(N2))];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver"), ["500 n2 deliver n1:0:1"]);
}

#[test]
fn two_pauses_are_over_with_the_later_one() {
    for pauses in
        [[(5, 50), (10, 30)], [(10, 30), (5, 50)], [(5, 30), (30, 50)], [(30, 50), (5, 30)]]
    {
        let mut schedule = multicasts(Perfect, &[0]);
        schedule.disturbances = pauses.map(|(at, until)| during(at, until, pause(N2))).to_vec();
        let history = run(&schedule, &PLAIN);
        assert_eq!(with(&history, "n2 deliver"), ["50 n2 deliver n1:0:1"], "{pauses:?}");
        assert_eq!(with(&history, "resume"), ["50 n2 resume"], "{pauses:?}");
    }
}

#[test]
fn what_waited_for_a_node_is_lost_if_it_crashes_meanwhile() {
    let mut schedule = multicasts(Perfect, &[0]);
    let crash = Trouble::Crash { node: N2, effects: None };
    schedule.disturbances = vec![during(5, 50, pause(N2)), during(20, 30, crash)];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, " n2 "), ["5 n2 pause", "20 n2 crash", "30 n2 recover"]);
}

#[test]
fn setting_a_timer_again_replaces_it_and_cancelling_forgets_it() {
    let steps = vec![set(0, 0, "20"), set(1, 10, "50"), set(2, 100, "20"), set(3, 110, "cancel")];
    let notes = alarm(steps, None);
    let rang: Vec<_> = notes.iter().filter(|note| note.contains("rang")).collect();
    assert_eq!(rang, ["60 n1 note rang 7, clock 60"]);
}

#[test]
fn a_skewed_clock_jumps_drifts_and_is_right_again_afterwards() {
    let skew = |jump: i64, drift| Trouble::Skew { node: N1, jump: jump * 1_000_000, drift };
    let asks = |at: &[u64]| at.iter().map(|at| set(*at as u32, *at, "cancel")).collect();
    let clock = |jump, drift| alarm(asks(&[5, 20, 30, 50]), Some((10, 40, skew(jump, drift))));
    let told = |clocks: [&str; 4]| {
        let at = [5, 20, 30, 50].into_iter().zip(clocks);
        at.map(|(at, clock)| format!("{at} n1 note asked, clock {clock}")).collect::<Vec<_>>()
    };
    assert_eq!(clock(100, 0), told(["5", "120", "130", "50"]));
    assert_eq!(clock(0, 500_000), told(["5", "25", "40", "50"]));
    assert_eq!(clock(-4, -500_000), told(["5", "11", "16", "50"]));
    // A clock never shows less than nothing.
    assert_eq!(clock(-100, 0), told(["5", "10", "20", "50"]));
}

#[test]
fn of_two_skews_the_clock_is_right_again_after_the_later_one() {
    let skew = |jump: i64| Trouble::Skew { node: N1, jump: jump * 1_000_000, drift: 0 };
    let steps: Vec<Step> = [15, 25, 45].iter().map(|at| set(*at as u32, *at, "cancel")).collect();
    let mut schedule = Schedule { steps, ..quiet(Perfect) };
    schedule.disturbances = vec![during(10, 20, skew(100)), during(12, 40, skew(100))];
    let notes = with(&run(&schedule, &ALARM), "n1 note");
    let told = ["15 n1 note asked, clock 215", "25 n1 note asked, clock 225"];
    assert_eq!(notes[..2], told);
    assert_eq!(notes[2], "45 n1 note asked, clock 45");
}

#[test]
fn a_fast_clock_rings_early_and_a_slow_one_late() {
    let rings = |drift| {
        let skew = Trouble::Skew { node: N1, jump: 0, drift };
        let notes = alarm(vec![set(0, 0, "60")], Some((0, 400, skew)));
        notes.last().cloned().unwrap_or_default()
    };
    assert_eq!(rings(500_000), "40 n1 note rang 7, clock 60");
    assert_eq!(rings(-500_000), "120 n1 note rang 7, clock 60");
}

#[test]
fn a_skew_says_when_it_begins_and_ends() {
    let trouble = Trouble::Skew { node: N1, jump: 1, drift: 0 };
    let disturbances = vec![during(10, 40, trouble)];
    let history = run(&Schedule { disturbances, ..multicasts(Perfect, &[20]) }, &PLAIN);
    assert_eq!(with(&history, "skew"), ["10 skew id=0"]);
    assert_eq!(with(&history, "heal"), ["40 heal touched=1 id=0"]);
}

#[test]
fn idle_time_costs_nothing() {
    let milliseconds = 1_000_000_000_000;
    let mut schedule = quiet(Perfect);
    schedule.header.end = Time::NEVER;
    schedule.steps = vec![set(0, 0, &milliseconds.to_string())];
    let history = run_network(&schedule, &ALARM);
    let at = Time::ZERO + Span::millis(milliseconds);
    assert_eq!(history.len(), 3, "a request, a note, and a billion seconds later another");
    assert_eq!(history.end(), at);
}
