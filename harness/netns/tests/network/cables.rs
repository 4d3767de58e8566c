//! Pulled cables, deleted cards, and what the report says of them.

use crate::net::{Series, at, network, received, udp};
use pepperland_netns::frame::Rewriter;
use pepperland_netns::{Chance, Corruption, Links, Options, Rule};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

#[test]
fn a_pulled_cable_carries_nothing_until_it_is_back() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let [near, far] = [0, 1].map(|node| udp(&switch, node));
    switch.set_carrier(1, false).unwrap();
    near.send_to(b"lost", at(1)).unwrap();
    while switch.counters().link(0, 1).unplugged == 0 {
        std::thread::yield_now();
    }
    switch.set_carrier(1, true).unwrap();
    // It takes the kernel up to a second to believe in a cable, for what the node sends.
    near.send_to(b"again", at(1)).unwrap();
    assert_eq!(received(&far), b"again");
    assert_eq!(switch.stop().unwrap().cleanliness.complaint(), None);
}

#[test]
fn a_deleted_card_is_complained_of_and_the_others_go_on() {
    let Some(switch) = network(3, Options::of(1)) else { return };
    let mut delete = Command::new("ip");
    delete.args(["link", "delete", "eth0"]);
    switch.handle(2).place(&mut delete);
    match delete.status() {
        Ok(status) => assert!(status.success()),
        Err(error) => return eprintln!("skipped: ip: {error}"),
    }
    let mut series = Series::between(&switch, 0, 1);
    series.send(10);
    assert_eq!(series.arrived().len(), 10);
    let complaint = switch.stop().unwrap().cleanliness.complaint().unwrap();
    assert!(complaint.contains("the card of n3 was deleted"), "{complaint}");
}

#[test]
fn frames_that_come_later_than_the_bound_are_complained_of() {
    let Some(switch) = network(2, Options { lateness_bound: Duration::ZERO, ..Options::of(1) })
    else {
        return;
    };
    let mut series = Series::between(&switch, 0, 1);
    let late = Duration::from_millis(1);
    switch.begin(1, &Links::All, Rule::Delay { least: late, most: late, rate: Chance::ALWAYS });
    series.send(10);
    assert_eq!(series.arrived().len(), 10);
    let cleanliness = switch.stop().unwrap().cleanliness;
    assert_eq!(cleanliness.lateness.timed, 11);
    assert!(cleanliness.complaint().unwrap().contains("11 of 11 delayed frames"));
}

/// Keeps the thread of the switch until it is let go.
struct Hold(Receiver<()>);

impl Rewriter for Hold {
    fn rewrite(&mut self, _: &[u8], _: u64) -> Option<Vec<u8>> {
        let _ = self.0.recv();
        None
    }
}

#[test]
fn frames_that_nobody_takes_in_time_are_counted_by_the_kernel() {
    let (let_go, hold) = channel();
    let options = Options { rewriter: Some(Box::new(Hold(hold))), ..Options::of(1) };
    let Some(switch) = network(2, options) else { return };
    assert_eq!(switch.handle(0).kernel_drops().unwrap(), 0);
    let what = Corruption::Structured;
    switch.begin(1, &Links::All, Rule::Corrupt { rate: Chance::ALWAYS, what });
    let sender = udp(&switch, 0);
    // More than fit into the queue of a card.
    (0..20_000).for_each(|_| drop(sender.send_to(b"flood", at(1))));
    drop(let_go);
    let dropped = switch.handle(0).kernel_drops().unwrap();
    assert!(dropped > 0);
    let complaint = switch.stop().unwrap().cleanliness.complaint().unwrap();
    assert!(complaint.contains(&format!("(n1: {dropped})")), "{complaint}");
}
