//! What the planners draw: nodes, halves, and windows of time.

use pepperland_core::fault::Ground;
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

/// A window within the chaos: it begins anywhere and lasts at least a tenth of what is left.
pub fn window(ground: &Ground<'_>, stream: &mut Stream) -> (Time, Time) {
    let chaos = ground.heal_at.0.max(2);
    let begin = stream.below(chaos - 1);
    let left = chaos - begin;
    (Time(begin), Time(begin + stream.between((left / 10).max(1), left)))
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

/// One of a few rates, from rare to frequent.
pub fn rate(stream: &mut Stream) -> PerMillion {
    PerMillion::percent(*stream.pick(&[2, 10, 30, 60]))
}

/// The named variant, or any.
pub fn variant<'a>(asked: &'a str, all: &[&'a str], stream: &mut Stream) -> &'a str {
    if asked.is_empty() { stream.pick::<&str>(all) } else { asked }
}
