//! Cuts: two-way, one-way, at once for all that comes, and undone without a trace.

use crate::net::{Series, at, network, received, udp};
use pepperland_netns::{Chance, Links, Options, Rule};
use std::time::Duration;

#[test]
fn a_cut_link_carries_nothing_and_a_healed_one_all() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    switch.begin(1, &Links::between(&[0], &[1]), Rule::Cut);
    series.send(50);
    assert_eq!(switch.end(1), 50);
    assert_eq!(series.arrived(), [0; 0]);
    series.send(50);
    assert_eq!(series.arrived().len(), 50);
    let link = *switch.counters().link(0, 1);
    assert_eq!((link.taken, link.cut, link.carried), (102, 50, 52));
}

#[test]
fn a_cut_of_one_direction_leaves_the_other() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let (near, far) = (udp(&switch, 0), udp(&switch, 1));
    switch.begin(1, &Links::One(0, 1), Rule::Cut);
    near.send_to(b"there", at(1)).unwrap();
    far.send_to(b"back", at(0)).unwrap();
    assert_eq!(received(&near), b"back");
    while switch.counters().link(0, 1).cut == 0 {
        std::thread::yield_now();
    }
    assert_eq!(switch.end(1), 1);
    near.send_to(b"again", at(1)).unwrap();
    assert_eq!(received(&far), b"again");
}

#[test]
fn what_is_on_its_way_does_not_cross_a_cut() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    let late = Duration::from_millis(100);
    switch.begin(1, &Links::All, Rule::Delay { least: late, most: late, rate: Chance::ALWAYS });
    series.send(10);
    switch.begin(2, &Links::One(0, 1), Rule::Cut);
    assert_eq!(switch.end(1), 10);
    while switch.counters().link(0, 1).cut < 10 {
        std::thread::yield_now();
    }
    assert_eq!(switch.end(2), 10);
    assert_eq!(series.arrived(), [0; 0]);
}

#[test]
fn ending_one_cut_leaves_another_of_the_same_link() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    switch.begin(1, &Links::All, Rule::Cut);
    switch.begin(2, &Links::From(0), Rule::Cut);
    switch.end(1);
    series.send(5);
    assert_eq!(switch.end(2), 5);
    assert_eq!(switch.touched(1), 0);
    assert_eq!(series.arrived(), [0; 0]);
}

#[test]
fn a_cut_of_nothing_touches_nothing() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    switch.begin(1, &Links::One(7, 9), Rule::Cut);
    let mut series = Series::between(&switch, 0, 1);
    series.send(5);
    assert_eq!(series.arrived().len(), 5);
    assert_eq!(switch.end(1), 0);
}
