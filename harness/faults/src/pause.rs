//! Pause: nodes stand still for a while, as under a long garbage collection; they stay correct.

use crate::draw;
use crate::lasting::{LASTS, bouts};
use pepperland_core::fault::{Fault, Profile};
use pepperland_core::schedule::{Disturbance, Trouble};

/// The record.
pub const ENTRY: Profile = Profile {
    name: "pause",
    statement: "nodes stand still for a while, and everything waits for them",
    parameters: &[LASTS],
    persists: true,
    needs: &[Fault::Pause],
    plan: |ground, choice, stream| {
        let most = stream.between(1, (ground.nodes as u64 / 2).max(1));
        let nodes = draw::shuffled(ground, stream).into_iter().take(most as usize);
        let pause = |node| {
            let window = draw::window(ground, choice, stream);
            let bouts = bouts(ground, choice, window, stream).into_iter();
            bouts.map(move |(at, until)| Disturbance::during(at, until, Trouble::Pause { node }))
        };
        nodes.flat_map(pause).collect()
    },
    ..Profile::PLAIN
};
