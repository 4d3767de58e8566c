//! Clock: a node's clock jumps and then drifts (a timing fault of nodes; Cristian 1991).

use crate::draw;
use crate::lasting::{LASTS, bouts};
use pepperland_core::fault::{Fault, Parameter, Profile, Unit};
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::time::Span;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "clock",
    statement: "a node's clock jumps by up to a second and drifts by up to 10 %",
    source: "Cristian 1991",
    parameters: &[JUMP, DRIFT, LASTS],
    persists: true,
    needs: &[Fault::Clock],
    plan: |ground, choice, stream| {
        let window = draw::window(ground, choice, stream);
        let node = draw::node(ground, stream);
        let most = choice.span(JUMP.name).unwrap_or(Span::seconds(1)).0;
        let jump = stream.below(2 * most) as i64 - most as i64;
        let most = u64::from(choice.share(DRIFT.name).map_or(100_000, |drift| drift.0));
        let drift = stream.below(2 * most + 1) as i32 - most as i32;
        let bouts = bouts(ground, choice, window, stream).into_iter();
        let skew =
            |(at, until)| Disturbance::during(at, until, Trouble::Skew { node, jump, drift });
        bouts.map(skew).collect()
    },
    ..Profile::PLAIN
};

const JUMP: Parameter = Parameter {
    name: "jump",
    statement: "how far the clock jumps at most, forwards or back",
    unit: Unit::Span,
    default: "1 s",
};

/// How wrong clocks run.
pub const DRIFT: Parameter = Parameter {
    name: "drift",
    statement: "how much faster or slower than true time the clock runs at most",
    unit: Unit::Share,
    default: "10 %",
};
