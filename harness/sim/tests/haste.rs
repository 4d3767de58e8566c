//! Time-outs of a liar in haste come 64 times too soon, for as long as it is, and nobody else's do.

mod common;

use common::*;
use pepperland_core::history::Channel::FairLoss;
use pepperland_core::history::History;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Deceit, Schedule, Trouble, Way, When};
use pepperland_core::time::Time;

/// Each asks at each of these instants to be woken 128 ms later; so long is n1 in haste.
fn woken(asked: &[(NodeId, u64)], (from, until): (u64, u64)) -> History {
    let asks = |(id, (node, at)): (u32, &(NodeId, u64))| {
        ask(id, *node, When::At(Time::millis(*at)), "128")
    };
    let steps = (0..).zip(asked).map(asks);
    let how = Deceit::plain(Way::Hasty);
    let haste = Trouble::Lie { node: N1, rate: ALWAYS, how };
    let disturbances = vec![during(from, until, haste)];
    run(&Schedule { steps: steps.collect(), disturbances, ..quiet(FairLoss) }, &ALARM)
}

fn rang(history: &History, node: &str) -> Vec<String> {
    let notes = with(history, &format!("{node} note")).into_iter();
    notes.filter(|note| note.contains("rang")).collect()
}

#[test]
fn a_liar_in_haste_is_woken_too_soon_and_others_in_time() {
    let history = woken(&[(N1, 10), (N2, 10)], (0, 200));
    assert_eq!(rang(&history, "n1"), ["12 n1 note rang 7, clock 12"]);
    assert_eq!(rang(&history, "n2"), ["138 n2 note rang 7, clock 138"]);
    assert_eq!(history.header.byzantine, ["n1"]);
    assert_eq!(with(&history, "heal"), ["200 heal touched=1 id=0"]);
}

#[test]
fn haste_is_over_with_its_disturbance() {
    let history = woken(&[(N1, 10), (N1, 60)], (0, 50));
    let expected = ["12 n1 note rang 7, clock 12", "188 n1 note rang 7, clock 188"];
    assert_eq!(rang(&history, "n1"), expected);
}
