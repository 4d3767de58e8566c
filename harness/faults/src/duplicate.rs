//! Duplicate: messages arrive twice, the second copy at once or long after.

use crate::draw;
use pepperland_core::fault::{Fault, Profile};
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::time::Span;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "duplicate",
    statement: "messages arrive twice, the second copy up to a second later",
    source: "",
    variants: &[],
    needs: &[Fault::Duplication],
    plan: |ground, _, stream| {
        let (at, until) = draw::window(ground, stream);
        let links = draw::links(ground, stream);
        let most = Span::millis(*stream.pick(&[1, 100, 1_000]));
        let rate = draw::rate(stream);
        vec![Disturbance::during(at, until, Trouble::Duplicate { links, rate, most })]
    },
};
