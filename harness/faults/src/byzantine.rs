//! Byzantine: nodes lie, and to each receiver as they like (arbitrary faults; Lamport, Shostak &
//! Pease 1982).

use crate::draw;
use pepperland_core::fault::{Fault, Ground, Profile};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "byzantine",
    statement: "nodes change what they send, each receiver's copy by itself, at 10 to 100 %",
    source: "Lamport, Shostak & Pease 1982",
    variants: &[],
    needs: &[Fault::Byzantine],
    plan,
};

fn plan(ground: &Ground<'_>, _: &str, stream: &mut Stream) -> Vec<Disturbance> {
    let most = ground.budget().min(ground.nodes.saturating_sub(1)) as u64;
    if most == 0 {
        return Vec::new();
    }
    // One liar is enough for most bugs, and leaves the most correct nodes to be judged.
    let liars = match stream.chance(PerMillion::percent(70)) {
        true => 1,
        false => stream.between(1, most),
    };
    let nodes = draw::shuffled(ground, stream).into_iter().take(liars as usize);
    nodes.map(|node| lie(ground, node, stream)).collect()
}

/// Some lie from first to last, others for a while.
fn lie(ground: &Ground<'_>, node: NodeId, stream: &mut Stream) -> Disturbance {
    let (at, until) = match stream.chance(PerMillion::percent(50)) {
        true => (Time::ZERO, ground.heal_at),
        false => draw::window(ground, stream),
    };
    let rate = PerMillion::percent(*stream.pick(&[10, 30, 60, 100]));
    Disturbance::during(at, until, Trouble::Lie { node, rate })
}
