//! Loss: messages do not arrive (an omission fault of links; Cristian 1991).

use crate::draw;
use crate::lasting::{LASTS, spread};
use pepperland_core::fault::{Fault, Profile};
use pepperland_core::schedule::{Fate, Trouble};

/// The record.
pub const ENTRY: Profile = Profile {
    name: "loss",
    statement: "links lose messages for a while, at 2 to 60 %",
    source: "Cristian 1991",
    parameters: &[draw::RATE, LASTS],
    persists: true,
    needs: &[Fault::Loss],
    plan: |ground, choice, stream| {
        let window = draw::window(ground, choice, stream);
        let links = draw::links(ground, stream);
        let rate = draw::rate(choice, stream);
        spread(ground, choice, window, Trouble::Lose { links, rate }, Fate::Lose, stream)
    },
    ..Profile::PLAIN
};
