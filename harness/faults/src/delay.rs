//! Delay and jitter: messages are late (a late timing fault of links; Cristian 1991).

use crate::draw;
use pepperland_core::fault::{Fault, Ground, Profile};
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Span;

/// Every message on some links is later by one span.
pub const DELAY: Profile = Profile {
    name: "delay",
    statement: "every message on some links is late by one span, up to 100 ms",
    source: "Cristian 1991",
    variants: &[],
    needs: &[Fault::Delay],
    plan: |ground, _, stream| {
        let by = Span(stream.between(1, Span::millis(100).0));
        late(ground, stream, by, by)
    },
};

/// Every message on some links is later by a span of its own.
pub const JITTER: Profile = Profile {
    name: "jitter",
    statement: "every message on some links is late by a span of its own, up to 100 ms",
    source: "Cristian 1991",
    variants: &[],
    needs: &[Fault::Delay, Fault::Reorder],
    plan: |ground, _, stream| {
        let most = Span(stream.between(1, Span::millis(100).0));
        late(ground, stream, Span::ZERO, most)
    },
};

fn late(ground: &Ground<'_>, stream: &mut Stream, least: Span, most: Span) -> Vec<Disturbance> {
    let (at, until) = draw::window(ground, stream);
    let links = draw::links(ground, stream);
    let rate = PerMillion::percent(100);
    vec![Disturbance::during(at, until, Trouble::Delay { links, least, most, rate })]
}
