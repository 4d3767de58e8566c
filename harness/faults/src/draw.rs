//! What the planners draw: nodes, halves, and windows of time.

use crate::lasting::{LASTS, Window};
use pepperland_core::fault::{Choice, Ground, Parameter, Persistence, Unit};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Links;
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;

/// Any node.
pub fn node(ground: &Ground<'_>, stream: &mut Stream) -> NodeId {
    NodeId(stream.below(ground.nodes as u64) as u32)
}

/// Every node, in random order.
pub fn shuffled(ground: &Ground<'_>, stream: &mut Stream) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = NodeId::first(ground.nodes).collect();
    stream.shuffle(&mut nodes);
    nodes
}

/// A window within the chaos: it begins anywhere, and lasts as long as was given, or at least a
/// tenth of what is left.
pub fn window(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Window {
    let chaos = ground.heal_at.0.max(2);
    let begin = stream.below(chaos - 1);
    let left = chaos - begin;
    let lasts = stream.between((left / 10).max(1), left);
    let given = choice.span(LASTS.name).map(|span| span.0.min(left));
    (Time(begin), Time(begin + given.unwrap_or(lasts)))
}

/// All links, or those from or to one node.
pub fn links(ground: &Ground<'_>, stream: &mut Stream) -> Links {
    if stream.chance(PerMillion::percent(50)) {
        return Links::all();
    }
    let one = Some(vec![node(ground, stream)]);
    match stream.chance(PerMillion::percent(50)) {
        true => Links { from: one, ..Links::all() },
        false => Links { to: one, ..Links::all() },
    }
}

/// How many of the messages.
pub const RATE: Parameter = Parameter {
    name: "rate",
    statement: "how many of the messages",
    unit: Unit::Share,
    default: "2, 10, 30 or 60 %, drawn",
};

/// The rate that was given, or one of a few, from rare to frequent.
pub fn rate(choice: &Choice, stream: &mut Stream) -> PerMillion {
    rate_of(choice, &[2, 10, 30, 60], stream)
}

/// The rate that was given, or one of these, in per cent.
pub fn rate_of(choice: &Choice, percents: &[u32], stream: &mut Stream) -> PerMillion {
    let drawn = PerMillion::percent(*stream.pick(percents));
    choice.share(RATE.name).unwrap_or(drawn)
}

/// The chosen variant, or one of these.
pub fn variant<'a>(choice: &Choice, all: &[&'a str], stream: &mut Stream) -> &'a str
where
    'static: 'a,
{
    if choice.variant.is_empty() { stream.pick::<&str>(all) } else { choice.variant }
}

/// The choice with a persistence: the one that was chosen, or any.
pub fn persistent(choice: &Choice, stream: &mut Stream) -> Choice {
    let drawn = *stream.pick(&Persistence::ALL);
    Choice { persistence: Some(choice.persistence.unwrap_or(drawn)), ..choice.clone() }
}
