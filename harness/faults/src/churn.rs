//! Churn: nodes crash and come back one after another, so that groups with views change theirs
//! again and again (Rhea et al., *Handling Churn in a DHT*, USENIX ATC 2004, for the word). Often
//! the next falls while the others are still about to agree that the last is gone: a cascade. Or
//! nobody crashes, and members leave and join again, as clients ask for.

use crate::draw;
use pepperland_core::fault::{Fault, Ground, Profile, Request, Variant};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Ask, Disturbance, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "churn",
    statement: "nodes crash and come back one after another, the next as the last is noticed",
    source: "Rhea et al., USENIX ATC 2004",
    variants: &[
        Variant {
            name: "crash",
            statement: "nodes crash and come back, as by default",
            needs: None,
        },
        Variant {
            name: "leave",
            statement: "members leave and join again; for workloads whose groups change",
            needs: Some(&[Fault::Leave]),
        },
    ],
    needs: &[Fault::Crash, Fault::Recovery],
    plan: |ground, choice, stream| match choice.variant {
        "leave" => Vec::new(),
        _ => crashes(ground, stream),
    },
    ask: |ground, choice, stream| match choice.variant {
        "leave" => departures(ground, stream),
        _ => Vec::new(),
    },
    ..Profile::PLAIN
};

/// How many crashes a run has at most.
const MOST: u64 = 8;

fn crashes(ground: &Ground<'_>, stream: &mut Stream) -> Vec<Disturbance> {
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

/// Members leave one after the other, and join again after an absence.
fn departures(ground: &Ground<'_>, stream: &mut Stream) -> Vec<Request> {
    let groups = (0..).map(GroupId).zip(ground.changing);
    let groups: Vec<_> = groups.filter(|(_, members)| members.len() > 1).collect();
    if groups.is_empty() {
        return Vec::new();
    }
    let mut away: BTreeMap<(GroupId, NodeId), Time> = BTreeMap::new();
    let mut at = Time(stream.below(ground.heal_at.0.div_ceil(2)));
    let mut asked = Vec::new();
    for _ in 0..stream.between(1, MOST) {
        let (group, members) = *stream.pick(&groups);
        let node = *stream.pick(members);
        let back = (at + absence(stream)).min(ground.heal_at);
        if away.get(&(group, node)).is_none_or(|back| *back < at) && at < back {
            away.insert((group, node), back);
            asked.push((at, node, Ask::Leave { group }));
            asked.push((back, node, Ask::Join { group }));
        }
        at += pause(stream);
    }
    asked
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
