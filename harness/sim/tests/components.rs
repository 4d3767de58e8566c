//! Faults of components: omissions up to a degree, values that cannot be decoded, links that carry
//! little, and disks that lose what they have taken.

mod common;

use common::*;
use pepperland_core::history::Channel::{FairLoss, Perfect};
use pepperland_core::history::{History, Kind};
use pepperland_core::schedule::{Failing, Fate, Links, Trouble};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::{Span, Time};

const TWENTY: [u64; 20] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];

/// Of the frames between two nodes, in the order in which they were sent, which were lost.
fn omitted(history: &History) -> Vec<bool> {
    let mut lost = Vec::new();
    for event in history.events() {
        let Some(frame) = event.transmission() else { continue };
        match event.kind() {
            Kind::Send if Some(frame.peer) != event.node() => lost.push(false),
            Kind::Drop => *lost.last_mut().expect("a frame is lost as it is sent") = true,
            _ => {}
        }
    }
    lost
}

fn longest_run(lost: &[bool]) -> usize {
    lost.split(|lost| !lost).map(<[bool]>::len).max().unwrap_or_default()
}

#[test]
fn no_more_are_omitted_in_a_row_than_the_degree() {
    for degree in 1..=4 {
        for rate in [ALWAYS, PerMillion::percent(60)] {
            let mut schedule = multicasts(FairLoss, &TWENTY);
            let links = Links { from: Some(vec![N1]), ..Links::all() };
            schedule.disturbances = vec![from(0, Trouble::Omit { links, rate, degree })];
            let lost = omitted(&run_network(&schedule, &PLAIN));
            assert_eq!(lost.len(), 40);
            assert_eq!(longest_run(&lost), degree as usize, "{rate:?}");
        }
    }
}

#[test]
fn what_others_send_is_not_omitted_and_does_not_count() {
    let mut schedule = multicasts(FairLoss, &[0, 20]);
    schedule.steps.push(multicast(9, N2, 10));
    let links = Links { from: Some(vec![N1]), ..Links::all() };
    schedule.disturbances = vec![from(0, Trouble::Omit { links, rate: ALWAYS, degree: 3 })];
    let history = run(&schedule, &PLAIN);
    let elsewhere = with(&history, "deliver n1:0:");
    let elsewhere: Vec<_> = elsewhere.iter().filter(|line| !line.contains(" n1 ")).collect();
    assert_eq!(elsewhere, ["30 n3 deliver n1:0:2"], "three in a row, the fourth passes");
    assert_eq!(with(&history, "deliver n2:0:1").len(), 3);
}

#[test]
fn what_is_cut_short_is_never_delivered_and_always_noticed() {
    let garbled = Trouble::Garble { links: n1_to_n2(), rate: ALWAYS };
    let struck = |number| from(0, Trouble::strike(N1, N2, number, Fate::Garble));
    for disturbances in [vec![from(0, garbled)], (1..=20).map(struck).collect()] {
        let mut schedule = multicasts(FairLoss, &TWENTY);
        schedule.disturbances = disturbances;
        let history = run(&schedule, &PLAIN);
        assert!(with(&history, "n2 deliver").is_empty());
        assert_eq!(with(&history, "n2 note a frame from n1 was garbled").len(), 20);
        assert_eq!(with(&history, "n3 deliver").len(), 20);
    }
}

#[test]
fn a_slow_link_takes_one_message_after_the_other() {
    let mut schedule = multicasts(FairLoss, &[0, 1, 2, 50]);
    let every = Span::millis(7);
    schedule.disturbances = vec![from(0, Trouble::Throttle { links: n1_to_n2(), every })];
    let history = run(&schedule, &PLAIN);
    let mut at: Vec<Time> = Vec::new();
    for event in history.events().filter(|e| e.kind() == Kind::Deliver && e.node() == Some(N2)) {
        at.push(event.time());
    }
    assert_eq!(at, [10, 17, 24, 60].map(Time::millis), "they set out 7 ms apart");
    assert_eq!(with(&history, "heal"), ["500 heal touched=2 id=0"]);
}

/// n2 counts four deliveries, at 10, 20, 30 and 40 ms, and crashes at 45, or in the middle of the
/// fifth, with a disk that fails from 15 ms on.
fn recovered(how: Failing, effects: Option<u32>) -> (String, Vec<String>) {
    let mut schedule = multicasts(Perfect, &[0, 10, 20, 30, 40]);
    let crash = Trouble::Crash { node: N2, effects };
    schedule.disturbances =
        vec![during(15, 90, Trouble::Disk { node: N2, how }), during(45, 90, crash)];
    let history = run(&schedule, &COUNTS);
    let note = with(&history, "recovered").concat();
    (note.replace("90 n2 note recovered with ", ""), with(&history, "heal"))
}

#[test]
fn a_crash_takes_with_it_what_the_disk_had_not_made_safe() {
    let lost = |ms| Failing::Lost { unsynced: Span::millis(ms) };
    let touched = |count: u32| vec![format!("90 heal touched={count} id=0")];
    assert_eq!(recovered(lost(0), None), ("4".into(), touched(0)), "between two steps");
    assert_eq!(recovered(lost(0), Some(1)), ("4".into(), touched(1)), "the fifth is lost");
    assert_eq!(recovered(lost(15), None), ("2".into(), touched(2)), "30 and 40 ms");
    assert_eq!(recovered(Failing::Lying, None), ("1".into(), touched(3)), "all from 15 ms on");
}

#[test]
fn a_torn_write_is_as_if_nothing_had_been_stored() {
    for percent in [0, 50, 100] {
        let torn = Failing::Torn { keep: PerMillion::percent(percent) };
        let (count, touched) = recovered(torn, None);
        assert_eq!((count.as_str(), touched.concat().as_str()), ("0", "90 heal touched=1 id=0"));
    }
}

#[test]
fn a_disk_that_fails_without_a_crash_loses_nothing() {
    let mut schedule = multicasts(Perfect, &[0, 10, 20]);
    let disk = Trouble::Disk { node: N2, how: Failing::Lying };
    let crash = Trouble::Crash { node: N2, effects: None };
    schedule.disturbances = vec![during(5, 50, disk), during(60, 90, crash)];
    let history = run(&schedule, &COUNTS);
    assert_eq!(with(&history, "recovered"), ["90 n2 note recovered with 3"]);
}
