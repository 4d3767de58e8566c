//! What liars tell to whom.

use crate::lasting::{Window, bouts, one_message};
use pepperland_core::fault::{Choice, Ground, Persistence};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Deceit, Disturbance, Fate, Links, Trouble, Way};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Span;

/// Among so many of the liar's kinds of messages one is chosen.
const KINDS: u64 = 3;

/// To so many receivers one message is told alike at most.
const ALIKE: usize = 4;

/// A node lies in this way, for as long as was chosen: once, it is one message.
pub fn lie(
    ground: &Ground<'_>,
    choice: &Choice,
    way: Way,
    (node, window, rate): (NodeId, Window, PerMillion),
    stream: &mut Stream,
) -> Vec<Disturbance> {
    // Haste is in no single message: it lasts for a moment at least.
    if choice.persistence == Some(Persistence::Transient) && way != Way::Hasty {
        return once(ground, way, node, stream);
    }
    let bouts = bouts(ground, choice, window, stream);
    let stories = stories(ground, way, node, bouts.len() == 1, stream);
    // All time-outs come too soon, whatever was drawn for messages.
    let rate = if way == Way::Hasty { PerMillion::percent(100) } else { rate };
    let told = |(at, until): Window| {
        let stories = stories.clone().into_iter();
        stories.map(move |how| Disturbance::during(at, until, Trouble::Lie { node, rate, how }))
    };
    bouts.into_iter().flat_map(told).collect()
}

/// What is told to whom: in most ways one thing to everybody.
fn stories(
    ground: &Ground<'_>,
    way: Way,
    node: NodeId,
    may_be_two: bool,
    stream: &mut Stream,
) -> Vec<Deceit> {
    let plain = Deceit::plain(way);
    match way {
        Way::Equivocate => {
            let (some, rest) = halves(ground, node, stream);
            let two = may_be_two && !rest.is_empty() && stream.chance(PerMillion::percent(50));
            let sets = [some].into_iter().chain(two.then_some(rest));
            sets.map(|set| Deceit { to: Some(set), ..plain.clone() }).collect()
        }
        Way::Silent | Way::Late => {
            let some = halves(ground, node, stream).0;
            let of_kind = stream.chance(PerMillion::percent(40));
            let kind = stream.between(1, KINDS) as u32;
            let most = Span::millis(*stream.pick(&[10, 50, 150]));
            let to = Some(some).filter(|_| !of_kind || stream.chance(PerMillion::percent(30)));
            let most = if way == Way::Late { most } else { Span::ZERO };
            vec![Deceit { to, kind: of_kind.then_some(kind), most, ..plain }]
        }
        _ => vec![plain],
    }
}

/// The other nodes in two parts, of which only the second may be empty: a lie that all are told alike
/// passes every check of one receiver against another.
fn halves(ground: &Ground<'_>, node: NodeId, stream: &mut Stream) -> (Vec<NodeId>, Vec<NodeId>) {
    let mut others: Vec<NodeId> = NodeId::first(ground.nodes).filter(|n| *n != node).collect();
    stream.shuffle(&mut others);
    let most = others.len().max(1) as u64;
    let mut rest = others.split_off((stream.between(1, most) as usize).min(others.len()));
    others.sort_unstable();
    rest.sort_unstable();
    (others, rest)
}

/// One message is a lie.
fn once(ground: &Ground<'_>, way: Way, node: NodeId, stream: &mut Stream) -> Vec<Disturbance> {
    let links = Links { from: Some(vec![node]), ..Links::all() };
    let draw = (stream.bits() >> 32) as u32;
    let Some(drawn) = one_message(ground, &links, Fate::Lie { draw }, stream) else {
        return Vec::new();
    };
    let Trouble::Strike { from, to, number, .. } = drawn.trouble else { return vec![drawn] };
    let struck = |to, number, fate| {
        let trouble = Trouble::strike(from, to, number, fate);
        Disturbance { trouble, ..drawn.clone() }
    };
    let (some, others) = halves(ground, node, stream);
    let earlier = stream.between(1, u64::from(number)) as u32;
    let besides = draw.is_multiple_of(2);
    match way {
        Way::SmallScope => vec![drawn],
        Way::Equivocate => {
            let told = some.into_iter().take(ALIKE);
            told.map(|to| struck(to, number, Fate::Lie { draw })).collect()
        }
        Way::Earlier => {
            let fate = Fate::Earlier { meant_for: to, earlier, draw };
            vec![struck(to, number + 1, fate)]
        }
        Way::Replay => {
            let fate = Fate::Replay { meant_for: to, earlier, besides };
            vec![struck(to, number + 1, fate)]
        }
        Way::Readdress => {
            let other = some.into_iter().chain(others).find(|other| *other != to);
            let meant_for = other.unwrap_or(to);
            let fate = Fate::Replay { meant_for, earlier, besides };
            vec![struck(to, number + 1, fate)]
        }
        Way::Hasty => Vec::new(),
        Way::Silent => vec![struck(to, number, Fate::Withhold)],
        Way::Late => {
            let by = Span(stream.between(1, Span::millis(150).0));
            vec![struck(to, number, Fate::Stall { by })]
        }
        Way::PartialMac => {
            let entries = 1 << (draw % ground.nodes.min(32) as u32);
            vec![struck(to, number, Fate::Spoil { entries })]
        }
    }
}
