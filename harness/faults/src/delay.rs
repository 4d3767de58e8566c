//! Delay and jitter: messages are late (a late timing fault of links; Cristian 1991).

use crate::draw;
use crate::lasting::{LASTS, spread};
use pepperland_core::fault::{Choice, Fault, Ground, Parameter, Profile, Unit};
use pepperland_core::schedule::{Disturbance, Fate, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Span;

/// Every message on some links is later by one span.
pub const DELAY: Profile = Profile {
    name: "delay",
    statement: "every message on some links is late by one span, up to 100 ms",
    source: "Cristian 1991",
    parameters: &[MOST, LASTS],
    persists: true,
    needs: &[Fault::Delay],
    plan: |ground, choice, stream| {
        let by = most(choice, stream);
        late(ground, choice, stream, (by, by))
    },
    ..Profile::PLAIN
};

/// Every message on some links is later by a span of its own.
pub const JITTER: Profile = Profile {
    name: "jitter",
    statement: "every message on some links is late by a span of its own, up to 100 ms",
    source: "Cristian 1991",
    parameters: &[MOST, LASTS],
    persists: true,
    needs: &[Fault::Delay, Fault::Reorder],
    plan: |ground, choice, stream| {
        let most = most(choice, stream);
        late(ground, choice, stream, (Span::ZERO, most))
    },
    ..Profile::PLAIN
};

/// How late messages are at most.
pub const MOST: Parameter = Parameter {
    name: "most",
    statement: "how late a message is at most; the span of a run is drawn up to it",
    unit: Unit::Span,
    default: "100 ms",
};

/// A span up to what was given.
pub fn most(choice: &Choice, stream: &mut Stream) -> Span {
    let most = choice.span(MOST.name).unwrap_or(Span::millis(100));
    Span(stream.between(1, most.0))
}

fn late(
    ground: &Ground<'_>,
    choice: &Choice,
    stream: &mut Stream,
    (least, most): (Span, Span),
) -> Vec<Disturbance> {
    let window = draw::window(ground, choice, stream);
    let links = draw::links(ground, stream);
    let rate = PerMillion::percent(100);
    let trouble = Trouble::Delay { links, least, most, rate };
    spread(ground, choice, window, trouble, Fate::Delay { by: most }, stream)
}
