//! Reorder: some messages are held back until later ones have overtaken them.

use crate::draw;
use crate::lasting::{LASTS, spread};
use pepperland_core::fault::{Fault, Parameter, Profile, Unit};
use pepperland_core::schedule::{Fate, Trouble};
use pepperland_core::time::Span;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "reorder",
    statement: "some messages are overtaken by later ones: late by 50 to 150 ms",
    parameters: &[draw::RATE, MOST, LASTS],
    persists: true,
    needs: &[Fault::Reorder],
    plan: |ground, choice, stream| {
        let window = draw::window(ground, choice, stream);
        let links = draw::links(ground, stream);
        let most = choice.span(MOST.name).unwrap_or(Span::millis(150));
        let (least, rate) = (Span(most.0 / 3), draw::rate(choice, stream));
        let trouble = Trouble::Delay { links, least, most, rate };
        spread(ground, choice, window, trouble, Fate::Delay { by: most }, stream)
    },
    ..Profile::PLAIN
};

const MOST: Parameter = Parameter {
    name: "most",
    statement: "how late such a message is at most; at least it is a third of that",
    unit: Unit::Span,
    default: "150 ms",
};
