//! Rounds of twins: in each, every other node talks with one of the two copies or with both (the
//! partitions of Bano et al., *Twins*, 2021). Nobody else is kept apart: that the two copies do not
//! know of each other is what makes them liars.

use crate::lasting::{Window, bouts};
use pepperland_core::fault::{Choice, Ground};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;

/// How many rounds there are at most.
const ROUNDS: u64 = 4;

/// A node runs twice, for as long as was chosen.
pub fn twins(
    ground: &Ground<'_>,
    choice: &Choice,
    (node, window, _): (NodeId, Window, PerMillion),
    stream: &mut Stream,
) -> Vec<Disturbance> {
    let windows = match &bouts(ground, choice, window, stream)[..] {
        [one] => in_rounds(*one, stream),
        several => several.to_vec(),
    };
    windows.into_iter().map(|window| round(ground, node, window, stream)).collect()
}

/// One to four rounds, one after the other.
fn in_rounds((at, until): Window, stream: &mut Stream) -> Vec<Window> {
    let rounds = stream.between(1, ROUNDS);
    let each = (until.0.saturating_sub(at.0)) / rounds;
    let end = |round: u64| if round == rounds { until } else { Time(at.0 + each * round) };
    (1..=rounds).map(|round| (end(round - 1), end(round))).collect()
}

fn round(
    ground: &Ground<'_>,
    node: NodeId,
    (at, until): Window,
    stream: &mut Stream,
) -> Disturbance {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for other in NodeId::first(ground.nodes).filter(|other| *other != node) {
        match stream.below(10) {
            0..4 => first.push(other),
            4..8 => second.push(other),
            _ => {
                first.push(other);
                second.push(other);
            }
        }
    }
    // Where each copy talks with everybody, nobody is kept apart.
    let apart = first.len().min(second.len()) + 1 < ground.nodes;
    let side = |nodes: Vec<NodeId>| apart.then_some(nodes);
    let trouble = Trouble::Twin { node, first: side(first), second: side(second) };
    Disturbance::during(at, until, trouble)
}
