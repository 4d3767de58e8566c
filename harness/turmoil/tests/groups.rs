//! A group send is one datagram to a multicast address, of which each member has its own copy.

mod common;

use common::*;
use pepperland_core::history::Channel;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Links, Schedule, Trouble};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::Span;

#[test]
fn no_crash_falls_into_a_group_send() {
    for (effects, reached) in [(0, 0), (1, 3)] {
        let mut schedule = multicasts(Channel::Perfect, &[5]);
        let crash = Trouble::Crash { node: NodeId(0), effects: Some(effects) };
        schedule.disturbances = vec![during(0, 400, crash)];
        let history = run(&schedule, &GROUP);
        assert_eq!(with(&history, "deliver").len(), reached, "after {effects}");
        assert_eq!(with(&history, "crash").is_empty(), effects == 1, "after {effects}");
    }
}

/// Every disturbance of links at once, with a crash and a pause.
fn busy(channel: Channel) -> Schedule {
    let mut schedule = quiet(channel);
    schedule.header.nodes = 5;
    schedule.header.network.max_latency = Span::millis(23);
    schedule.steps = (0..100).map(|id| multicast(id, id % 5, u64::from(id) * 2)).collect();
    let (links, rate, most) = (Links::all(), PerMillion::percent(20), Span::millis(30));
    let to_one = Links { to: Some(vec![NodeId(1)]), ..Links::all() };
    schedule.disturbances = vec![
        during(10, 150, Trouble::Lose { links: links.clone(), rate }),
        during(20, 160, Trouble::Duplicate { links: links.clone(), rate, most }),
        during(20, 160, Trouble::Delay { links: links.clone(), least: Span::ZERO, most, rate }),
        during(30, 170, Trouble::Corrupt { links, rate }),
        during(40, 80, Trouble::Cut { links: to_one }),
        during(60, 90, Trouble::Crash { node: NodeId(2), effects: None }),
        during(70, 99, Trouble::Pause { node: NodeId(3) }),
    ];
    schedule
}

#[test]
fn links_carry_a_group_send_as_they_carry_unicasts() {
    for channel in [Channel::FairLoss, Channel::Perfect] {
        let [group, each] = [&GROUP, &PLAIN].map(|toy| lines(&run(&busy(channel), toy)));
        assert!(group.len() > 300, "{} events are not a busy run", group.len());
        assert_eq!(group, each);
    }
}

#[test]
fn a_node_that_comes_back_is_in_its_group_at_once() {
    let mut schedule = multicasts(Channel::FairLoss, &(10..20).collect::<Vec<_>>());
    let crash = Trouble::Crash { node: NodeId(1), effects: None };
    schedule.disturbances = vec![during(5, 14, crash)];
    let expected = (14..20).map(|at| format!("{} n2 deliver n1:0:{}", at + 10, at - 9));
    assert_eq!(with(&run(&schedule, &GROUP), "n2 deliver"), expected.collect::<Vec<_>>());
}
