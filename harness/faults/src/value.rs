//! Value: a node sends something else than it should, in time (value faults; Cristian 1991). Out
//! of code, it is nothing that could ever be sent, and whoever receives it can tell; in code, it is
//! a message like any other, and nobody can.

use crate::draw;
use crate::lasting::{LASTS, spread};
use crate::{byzantine, draw::RATE};
use pepperland_core::fault::{Choice, Fault, Ground, Profile, Variant};
use pepperland_core::schedule::{Disturbance, Fate, Links, Trouble};
use pepperland_core::seed::Stream;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "value",
    statement: "a node sends wrong values, which the receiver can tell or cannot",
    source: "Cristian 1991",
    variants: &[
        Variant {
            name: "in-code",
            statement: "another message of the same form: the node is Byzantine",
            needs: Some(&[Fault::Byzantine]),
        },
        Variant {
            name: "out-of-code",
            statement: "the end is missing, so that it cannot be decoded",
            needs: Some(&[Fault::Corruption]),
        },
    ],
    parameters: &[RATE, LASTS],
    persists: true,
    needs: &[Fault::Corruption, Fault::Byzantine],
    plan: |ground, choice, stream| {
        let variant = draw::variant(choice, &["in-code", "out-of-code"], stream);
        let choice = &draw::persistent(choice, stream);
        match variant {
            "in-code" => in_code(ground, choice, stream),
            _ => out_of_code(ground, choice, stream),
        }
    },
    ..Profile::PLAIN
};

fn in_code(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    if ground.budget().min(ground.nodes.saturating_sub(1)) == 0 {
        return Vec::new();
    }
    let window = draw::window(ground, choice, stream);
    let (node, rate) = (draw::node(ground, stream), draw::rate(choice, stream));
    byzantine::lie(ground, choice, (node, window, rate), stream)
}

fn out_of_code(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    let window = draw::window(ground, choice, stream);
    let links = Links { from: Some(vec![draw::node(ground, stream)]), ..Links::all() };
    let rate = draw::rate(choice, stream);
    spread(ground, choice, window, Trouble::Garble { links, rate }, Fate::Garble, stream)
}
