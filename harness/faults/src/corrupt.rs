//! Corrupt: messages arrive with one bit changed (a value fault of links; Cristian 1991).

use crate::draw;
use crate::lasting::{LASTS, spread};
use pepperland_core::fault::{Fault, Profile};
use pepperland_core::schedule::{Fate, Trouble};

/// The record.
pub const ENTRY: Profile = Profile {
    name: "corrupt",
    statement: "messages arrive with one bit changed, at 2 to 60 %",
    source: "Cristian 1991",
    parameters: &[draw::RATE, LASTS],
    persists: true,
    needs: &[Fault::Corruption],
    plan: |ground, choice, stream| {
        let window = draw::window(ground, choice, stream);
        let links = draw::links(ground, stream);
        let rate = draw::rate(choice, stream);
        spread(ground, choice, window, Trouble::Corrupt { links, rate }, Fate::Corrupt, stream)
    },
    ..Profile::PLAIN
};
