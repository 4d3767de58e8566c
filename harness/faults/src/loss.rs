//! Loss: messages do not arrive (an omission fault of links; Cristian 1991).

use crate::draw;
use pepperland_core::fault::{Fault, Profile};
use pepperland_core::schedule::{Disturbance, Trouble};

/// The record.
pub const ENTRY: Profile = Profile {
    name: "loss",
    statement: "links lose messages for a while, at 2 to 60 %",
    source: "Cristian 1991",
    variants: &[],
    needs: &[Fault::Loss],
    plan: |ground, _, stream| {
        let (at, until) = draw::window(ground, stream);
        let links = draw::links(ground, stream);
        let rate = draw::rate(stream);
        vec![Disturbance::during(at, until, Trouble::Lose { links, rate })]
    },
};
