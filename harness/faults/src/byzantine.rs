//! Byzantine: nodes lie, and to each receiver as they like (arbitrary faults; Lamport, Shostak &
//! Pease 1982).

use crate::draw;
use crate::lasting::{LASTS, Window, bouts, one_message};
use pepperland_core::fault::{Choice, Fault, Ground, Parameter, Persistence, Profile};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Fate, Links, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "byzantine",
    statement: "nodes change what they send, each receiver's copy by itself, at 10 to 100 %",
    source: "Lamport, Shostak & Pease 1982",
    parameters: &[RATE, LASTS],
    persists: true,
    needs: &[Fault::Byzantine],
    plan,
    ..Profile::PLAIN
};

const RATE: Parameter = Parameter { default: "10, 30, 60 or 100 %, drawn", ..draw::RATE };

fn plan(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
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
    nodes.flat_map(|node| lies(ground, choice, node, stream)).collect()
}

/// Some lie from first to last, others for a while.
fn lies(
    ground: &Ground<'_>,
    choice: &Choice,
    node: NodeId,
    stream: &mut Stream,
) -> Vec<Disturbance> {
    let window = match stream.chance(PerMillion::percent(50)) {
        true => (Time::ZERO, ground.heal_at),
        false => draw::window(ground, choice, stream),
    };
    let rate = draw::rate_of(choice, &[10, 30, 60, 100], stream);
    lie(ground, choice, (node, window, rate), stream)
}

/// A node lies for as long as was chosen: once, it is one message.
pub fn lie(
    ground: &Ground<'_>,
    choice: &Choice,
    (node, window, rate): (NodeId, Window, PerMillion),
    stream: &mut Stream,
) -> Vec<Disturbance> {
    if choice.persistence == Some(Persistence::Transient) {
        let links = Links { from: Some(vec![node]), ..Links::all() };
        let lie = Fate::Lie { draw: (stream.bits() >> 32) as u32 };
        return one_message(ground, &links, lie, stream).into_iter().collect();
    }
    let bouts = bouts(ground, choice, window, stream).into_iter();
    bouts.map(|(at, until)| Disturbance::during(at, until, Trouble::Lie { node, rate })).collect()
}
