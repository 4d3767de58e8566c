//! A group send is one effect, and as many messages as the group has members.

mod common;

use common::*;
use pepperland_core::history::Channel::{FairLoss, Perfect};
use pepperland_core::schedule::{Fate, Trouble};
use pepperland_core::time::Span;

#[test]
fn no_crash_falls_into_a_group_send() {
    for (effects, reached) in [(0, 0), (1, 3)] {
        let mut schedule = multicasts(Perfect, &[5]);
        schedule.disturbances = vec![from(0, Trouble::Crash { node: N1, effects: Some(effects) })];
        let history = run(&schedule, &GROUP);
        assert_eq!(with(&history, "deliver").len(), reached, "after {effects}");
        assert_eq!(with(&history, "crash").is_empty(), effects == 1, "after {effects}");
    }
}

#[test]
fn each_members_copy_has_its_own_number_and_its_own_fate() {
    let mut schedule = multicasts(FairLoss, &[0, 20]);
    let by = Span::millis(7);
    let fates = [(N2, 1, Fate::Lose), (N3, 1, Fate::Delay { by }), (N2, 2, Fate::Duplicate { by })];
    let strike = |(to, number, fate)| from(0, Trouble::strike(N1, to, number, fate));
    schedule.disturbances = fates.map(strike).to_vec();
    let history = run(&schedule, &GROUP);
    let twice = ["30 n2 deliver n1:0:2", "37 n2 deliver n1:0:2"];
    assert_eq!(with(&history, "n2 deliver"), twice);
    let late = ["17 n3 deliver n1:0:1", "30 n3 deliver n1:0:2"];
    assert_eq!(with(&history, "n3 deliver"), late);
    assert_eq!(with(&history, "n1 deliver").len(), 2);
}

#[test]
fn links_carry_a_group_send_as_they_carry_unicasts() {
    let mut schedule = multicasts(FairLoss, &(0..100).collect::<Vec<_>>());
    schedule.header.network.max_latency = Span::millis(30);
    let links = pepperland_core::schedule::Links::all();
    let rate = pepperland_core::seed::PerMillion::percent(20);
    schedule.disturbances = vec![
        during(0, 90, Trouble::Lose { links: links.clone(), rate }),
        during(0, 90, Trouble::Duplicate { links: links.clone(), rate, most: Span::millis(9) }),
        during(50, 60, Trouble::Cut { links }),
    ];
    let [group, each] = [&GROUP, &PLAIN].map(|toy| lines(&run_network(&schedule, toy)));
    assert_eq!(group, each);
}
