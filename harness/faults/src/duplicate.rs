//! Duplicate: messages arrive twice, the second copy at once or long after.

use crate::draw;
use crate::lasting::{LASTS, spread};
use pepperland_core::fault::{Fault, Parameter, Profile, Unit};
use pepperland_core::schedule::{Fate, Trouble};
use pepperland_core::time::Span;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "duplicate",
    statement: "messages arrive twice, the second copy up to a second later",
    parameters: &[draw::RATE, MOST, LASTS],
    persists: true,
    needs: &[Fault::Duplication],
    plan: |ground, choice, stream| {
        let window = draw::window(ground, choice, stream);
        let links = draw::links(ground, stream);
        let most = Span::millis(*stream.pick(&[1, 100, 1_000]));
        let most = choice.span(MOST.name).unwrap_or(most);
        let rate = draw::rate(choice, stream);
        let trouble = Trouble::Duplicate { links, rate, most };
        spread(ground, choice, window, trouble, Fate::Duplicate { by: most }, stream)
    },
    ..Profile::PLAIN
};

const MOST: Parameter = Parameter {
    name: "most",
    statement: "how much later the second copy comes at most",
    unit: Unit::Span,
    default: "1, 100 or 1000 ms, drawn",
};
