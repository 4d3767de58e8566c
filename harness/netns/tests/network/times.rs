//! When frames arrive, and how often. Real time is only ever bounded from below: a machine may be
//! as slow as it likes.

use crate::net::{Series, is_all, network};
use pepperland_netns::{Chance, Links, Options, Pace, Rule};
use std::time::Duration;

const ALL: Chance = Chance::ALWAYS;
const LATE: Duration = Duration::from_millis(50);

#[test]
fn a_delay_keeps_frames_for_so_long_and_in_order() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    switch.begin(1, &Links::All, Rule::Delay { least: LATE, most: LATE, rate: ALL });
    let begin = now();
    series.send(100);
    let arrived = series.arrived();
    assert!(now() - begin >= LATE);
    assert!(is_all(&arrived, 100) && arrived.is_sorted());
    assert_eq!(switch.end(1), 101);
    assert_eq!(switch.counters().link(0, 1).delayed, 101);
}

#[test]
fn jitter_reorders_and_loses_nothing() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    let jitter = Rule::Delay { least: Duration::ZERO, most: LATE, rate: ALL };
    switch.begin(1, &Links::All, jitter);
    series.send(50);
    switch.end(1);
    let arrived = series.arrived_of(50);
    assert!(is_all(&arrived, 50) && !arrived.is_sorted(), "{arrived:?}");
}

#[test]
fn a_frame_held_back_is_overtaken() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    switch.begin(1, &Links::All, Rule::HoldBack { rate: ALL, by: LATE });
    series.send(1);
    switch.end(1);
    series.go_on(1, 2);
    assert_eq!(series.arrived_of(2), [1, 0]);
}

#[test]
fn who_jumps_the_queue_overtakes_the_delayed() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    switch.begin(1, &Links::All, Rule::Delay { least: LATE, most: LATE, rate: ALL });
    series.send(1);
    switch.begin(2, &Links::All, Rule::Jump { rate: ALL });
    series.go_on(1, 2);
    assert_eq!(series.arrived_of(2), [1, 0]);
    assert_eq!((switch.end(1), switch.end(2)), (1, 1));
}

#[test]
fn duplicates_arrive_twice() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    switch.begin(1, &Links::All, Rule::Duplicate { rate: ALL, most: Duration::ZERO });
    series.send(20);
    let touched = switch.end(1);
    let mut arrived = series.arrived();
    arrived.sort_unstable();
    assert_eq!(arrived, (0..20).flat_map(|number| [number, number]).collect::<Vec<u32>>());
    assert_eq!(touched, 20);
}

#[test]
fn the_same_frames_are_doubled_and_delayed_for_the_same_seed() {
    let run = |seed| {
        let switch = network(2, Options::of(seed))?;
        let mut series = Series::between(&switch, 0, 1);
        let some = Chance::percent(10);
        switch.begin(1, &Links::All, Rule::Duplicate { rate: some, most: Duration::ZERO });
        series.send(500);
        switch.end(1);
        let mut arrived = series.arrived();
        arrived.sort_unstable();
        Some(arrived)
    };
    let (Some(one), Some(again), Some(other)) = (run(3), run(3), run(4)) else { return };
    assert!(one.len() > 500);
    assert_eq!(one, again);
    assert_ne!(one, other);
}

#[test]
fn a_throttle_lets_frames_pass_one_after_the_other() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    let every = Duration::from_millis(10);
    switch.begin(1, &Links::All, Rule::Throttle { pace: Pace::Every(every), queue: 100 });
    let begin = now();
    series.send(20);
    let arrived = series.arrived();
    assert!(now() - begin >= every * 20);
    assert!(is_all(&arrived, 20) && arrived.is_sorted());
}

#[test]
fn what_finds_the_queue_full_is_lost() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    let pace = Pace::Every(Duration::from_secs(3600));
    switch.begin(1, &Links::All, Rule::Throttle { pace, queue: 3 });
    series.send(10);
    assert_eq!(switch.counters().link(0, 1).overflowed, 7);
    assert_eq!(switch.end(1), 10);
    assert_eq!(switch.stop().unwrap().undelivered, 3);
}

#[test]
fn omissions_come_no_more_in_a_row_than_the_degree() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    switch.begin(1, &Links::All, Rule::Omit { rate: ALL, degree: 2 });
    series.send(9);
    assert_eq!(switch.end(1), 6);
    assert_eq!(series.arrived(), [2, 5, 8]);
}

/// The monotonic clock: the standard one is for others.
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
