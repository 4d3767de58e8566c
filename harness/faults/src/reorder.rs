//! Reorder: some messages are held back until later ones have overtaken them.

use crate::draw;
use pepperland_core::fault::{Fault, Profile};
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::time::Span;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "reorder",
    statement: "some messages are overtaken by later ones: late by 50 to 150 ms",
    source: "",
    variants: &[],
    needs: &[Fault::Reorder],
    plan: |ground, _, stream| {
        let (at, until) = draw::window(ground, stream);
        let links = draw::links(ground, stream);
        let (least, most, rate) = (Span::millis(50), Span::millis(150), draw::rate(stream));
        vec![Disturbance::during(at, until, Trouble::Delay { links, least, most, rate })]
    },
};
