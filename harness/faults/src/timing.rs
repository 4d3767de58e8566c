//! Timing: a node does the right thing at the wrong time (early and late timing faults; Cristian
//! 1991). What it sends comes late; or its clock runs fast, so that it acts before its time.

use crate::draw;
use crate::lasting::{LASTS, bouts, spread};
use crate::{clock, delay};
use pepperland_core::fault::{Choice, Fault, Ground, Parameter, Profile, Variant};
use pepperland_core::schedule::{Disturbance, Fate, Links, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Span;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "timing",
    statement: "a node acts before its time, or what it sends comes late",
    source: "Cristian 1991",
    variants: &[
        Variant {
            name: "early",
            statement: "its clock runs fast, and its time-outs come too soon",
            needs: Some(&[Fault::Clock]),
        },
        Variant {
            name: "late",
            statement: "what it sends comes late, each message by a span of its own",
            needs: Some(&[Fault::Delay, Fault::Reorder]),
        },
    ],
    parameters: &[delay::MOST, DRIFT, LASTS],
    persists: true,
    needs: &[Fault::Delay, Fault::Reorder, Fault::Clock],
    plan: |ground, choice, stream| {
        let variant = draw::variant(choice, &["early", "late"], stream);
        let choice = &draw::persistent(choice, stream);
        match variant {
            "early" => early(ground, choice, stream),
            _ => late(ground, choice, stream),
        }
    },
    ..Profile::PLAIN
};

const DRIFT: Parameter = Parameter {
    statement: "how much faster than true time the clock runs at most",
    ..clock::DRIFT
};

fn early(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    let window = draw::window(ground, choice, stream);
    let node = draw::node(ground, stream);
    let most = choice.share(DRIFT.name).unwrap_or(PerMillion::percent(10));
    let drift = stream.between(1, u64::from(most.0).max(1)) as i32;
    let bouts = bouts(ground, choice, window, stream).into_iter();
    let fast = Trouble::Skew { node, jump: 0, drift };
    bouts.map(|(at, until)| Disturbance::during(at, until, fast.clone())).collect()
}

fn late(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    let window = draw::window(ground, choice, stream);
    let links = Links { from: Some(vec![draw::node(ground, stream)]), ..Links::all() };
    let (most, rate) = (delay::most(choice, stream), PerMillion::percent(100));
    let trouble = Trouble::Delay { links, least: Span::ZERO, most, rate };
    spread(ground, choice, window, trouble, Fate::Delay { by: most }, stream)
}
