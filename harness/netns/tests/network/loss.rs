//! Loss: as much as asked, and the same for the same seed.

use crate::net::{Series, network};
use pepperland_netns::{Chance, Links, Options, Rule};

/// The numbers of 2000 datagrams that survive a loss of 20 %.
fn survivors(seed: u64) -> Option<Vec<u32>> {
    let switch = network(2, Options::of(seed))?;
    let mut series = Series::between(&switch, 0, 1);
    switch.begin(1, &Links::All, Rule::Lose { rate: Chance::percent(20) });
    series.send(2000);
    let lost = switch.end(1);
    let arrived = series.arrived();
    drop(series);
    assert_eq!(arrived.len() as u64 + lost, 2000);
    assert_eq!(switch.stop().unwrap().counters.link(0, 1).lost, lost);
    Some(arrived)
}

#[test]
fn a_fifth_is_a_fifth_and_the_same_fifth_for_the_same_seed() {
    let (Some(one), Some(again), Some(other)) = (survivors(7), survivors(7), survivors(8)) else {
        return;
    };
    assert!((1500..1700).contains(&one.len()), "{} of 2000 arrived", one.len());
    assert_eq!(one, again);
    assert_ne!(one, other);
}
