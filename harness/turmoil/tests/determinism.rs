//! The same schedule gives the same history, byte for byte.

mod common;

use common::{PLAIN, during, multicast, quiet};
use pepperland_core::history::Channel;
use pepperland_core::id::NodeId;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{Links, Schedule, Trouble};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::{Span, Time};
use pepperland_turmoil::{Transport, Turmoil};
use std::process::Command;

fn busy() -> Schedule {
    let mut schedule = quiet(Channel::FairLoss);
    schedule.header.nodes = 5;
    schedule.header.network.max_latency = Span(23_456_789);
    schedule.steps = (0..100).map(|id| multicast(id, id % 5, u64::from(id) * 2)).collect();
    let (links, rate) = (Links::all(), PerMillion::percent(20));
    let most = Span::millis(30);
    schedule.disturbances = vec![
        during(10, 150, Trouble::Lose { links: links.clone(), rate }),
        during(20, 160, Trouble::Duplicate { links: links.clone(), rate, most }),
        during(20, 160, Trouble::Delay { links, least: Span::ZERO, most, rate }),
        during(60, 90, Trouble::Crash { node: NodeId(2), effects: None }),
        during(70, 99, Trouble::Pause { node: NodeId(3) }),
    ];
    schedule
}

fn digests() -> Vec<u128> {
    let mut digests = Vec::new();
    for transport in [Transport::Udp, Transport::Tcp] {
        for detail in [Detail::Application, Detail::Network] {
            let history = Turmoil { transport }.run(&busy(), &PLAIN, detail).unwrap();
            assert!(history.len() > 400, "{} events are not a busy run", history.len());
            digests.push(history.digest());
        }
    }
    digests
}

#[test]
fn twice_in_one_process() {
    let digests_now = digests();
    assert_eq!(digests_now, digests());
    println!("digests {digests_now:?}");
}

#[test]
fn in_two_processes() {
    let of_a_process = || {
        let program = std::env::current_exe().expect("a test knows its program");
        let arguments = ["--exact", "twice_in_one_process", "--nocapture"];
        let output = Command::new(program).args(arguments).output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("it prints text");
        let line = text.lines().find(|line| line.contains("digests"));
        line.expect("it prints its digests").to_owned()
    };
    assert_eq!(of_a_process(), of_a_process());
}

#[test]
fn another_seed_gives_another_history() {
    let mut other = busy();
    other.header.seed.0 += 1;
    other.header.end = Time::millis(999);
    let [a, b] = [busy(), other].map(|schedule| {
        let history = Turmoil::default().run(&schedule, &PLAIN, Detail::Application).unwrap();
        history.times().to_vec()
    });
    assert_ne!(a, b);
}

#[test]
fn the_networks_side_names_causes() {
    let history = Turmoil::default().run(&busy(), &PLAIN, Detail::Network).unwrap();
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).unwrap();
    let deliveries = history.events().filter(|event| event.kind().word() == "deliver");
    let mut count = 0;
    for delivery in deliveries {
        let cause = history.event(delivery.causes()[0]);
        assert_eq!((cause.kind().word(), cause.node()), ("recv", delivery.node()));
        let sent = history.event(cause.causes()[0]);
        assert_eq!(sent.kind().word(), "send");
        let asked = history.event(sent.causes()[0]);
        assert_eq!((asked.kind().word(), asked.message()), ("broadcast", delivery.message()));
        count += 1;
    }
    assert!(count > 100);
}
