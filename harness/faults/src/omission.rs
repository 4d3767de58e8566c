//! Omission: a node fails to send, to receive, or both (send and general omission; Hadzilacos &
//! Toueg 1994). Of degree k, it never omits more than k messages in a row (Cristian 1991): whoever
//! sends k + 1 times gets one through.

use crate::draw;
use crate::lasting::{LASTS, spread};
use pepperland_core::fault::{Choice, Fault, Ground, Parameter, Profile, Unit, Variant};
use pepperland_core::schedule::{Disturbance, Fate, Links, Trouble};
use pepperland_core::seed::Stream;

/// The record. That a node omits is told apart from a crash by what it still does: it stays
/// correct, and is judged, which is why only models that live with loss can live with it.
pub const ENTRY: Profile = Profile {
    name: "omission",
    statement: "a node fails to send or to receive, at most k messages in a row",
    source: "Cristian 1991; Hadzilacos & Toueg 1994",
    variants: &[
        Variant { name: "send", statement: "it does not send", needs: None },
        Variant { name: "receive", statement: "it does not receive", needs: None },
        Variant { name: "general", statement: "it does either", needs: None },
    ],
    parameters: &[DEGREE, RATE, LASTS],
    persists: true,
    needs: &[Fault::Loss],
    plan,
    ..Profile::PLAIN
};

const DEGREE: Parameter = Parameter {
    name: "k",
    statement: "the degree: at most so many messages in a row, sent and received together",
    unit: Unit::Count,
    default: "1, 2, 3 or 10, drawn",
};

const RATE: Parameter = Parameter { default: "30, 60 or 100 %, drawn", ..draw::RATE };

fn plan(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    if ground.nodes < 2 {
        return Vec::new();
    }
    let variant = draw::variant(choice, &["send", "receive", "general"], stream);
    let node = Some(vec![draw::node(ground, stream)]);
    let links = match variant {
        "send" => Links { from: node, ..Links::all() },
        "receive" => Links { to: node, ..Links::all() },
        _ => Links { from: node, both_ways: true, ..Links::all() },
    };
    let degree = *stream.pick(&[1, 2, 3, 10]);
    let degree = choice.value(DEGREE.name).map_or(degree, |k| k.min(u64::from(u32::MAX)) as u32);
    let rate = draw::rate_of(choice, &[30, 60, 100], stream);
    let window = draw::window(ground, choice, stream);
    let choice = draw::persistent(choice, stream);
    let trouble = Trouble::Omit { links, rate, degree };
    spread(ground, &choice, window, trouble, Fate::Lose, stream)
}
