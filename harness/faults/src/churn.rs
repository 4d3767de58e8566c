//! Churn: nodes crash and come back one after another, so that groups with views change theirs
//! again and again (Rhea et al., *Handling Churn in a DHT*, USENIX ATC 2004, for the word). Often
//! the next falls while the others are still about to agree that the last is gone: a cascade.

use crate::draw;
use pepperland_core::fault::{Fault, Ground, Profile};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "churn",
    statement: "nodes crash and come back one after another, the next as the last is noticed",
    source: "Rhea et al., USENIX ATC 2004",
    variants: &[],
    needs: &[Fault::Crash, Fault::Recovery],
    plan,
};

/// How many crashes a run has at most.
const MOST: u64 = 8;

fn plan(ground: &Ground<'_>, _: &str, stream: &mut Stream) -> Vec<Disturbance> {
    let most = ground.budget().min(ground.nodes.saturating_sub(1)) as u64;
    if most == 0 {
        return Vec::new();
    }
    let many = stream.between(1, most) as usize;
    let falling: Vec<NodeId> = draw::shuffled(ground, stream).into_iter().take(many).collect();
    let mut up: BTreeMap<NodeId, Time> = BTreeMap::new();
    let mut at = Time(stream.below(ground.heal_at.0.div_ceil(2)));
    let mut crashes = Vec::new();
    for _ in 0..stream.between(1, MOST) {
        if at >= ground.heal_at {
            break;
        }
        let stands = |node: &NodeId| up.get(node).is_none_or(|since| *since < at);
        let standing: Vec<NodeId> = falling.iter().copied().filter(stands).collect();
        if !standing.is_empty() {
            let node = *stream.pick(&standing);
            let until = (at + absence(stream)).min(ground.heal_at);
            up.insert(node, until);
            crashes.push(Disturbance::during(at, until, crash(node, ground, stream)));
        }
        at += pause(stream);
    }
    crashes
}

/// Between handlers, or in the middle of one.
fn crash(node: NodeId, ground: &Ground<'_>, stream: &mut Stream) -> Trouble {
    let amid = stream.chance(PerMillion::percent(50));
    let effects = amid.then(|| stream.below(2 * ground.nodes as u64) as u32);
    Trouble::Crash { node, effects }
}

/// How long a node is away: too short for anybody to notice, or long enough for all.
fn absence(stream: &mut Stream) -> Span {
    between(*stream.pick(&[(1, 20), (40, 100), (100, 200)]), stream)
}

/// How long after one crash the next falls: at once, as the first is about to be noticed or agreed
/// upon, or later.
fn pause(stream: &mut Stream) -> Span {
    between(*stream.pick(&[(0, 5), (20, 90), (60, 120)]), stream)
}

fn between((least, most): (u64, u64), stream: &mut Stream) -> Span {
    Span(stream.between(Span::millis(least).0, Span::millis(most).0))
}
