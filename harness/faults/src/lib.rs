//! Fault profiles: parameters and a seed become timed disturbances. One more profile is one file,
//! one `mod` line and one line in [`ALL`].

pub mod byzantine;
pub mod churn;
pub mod clock;
pub mod core;
pub mod corrupt;
pub mod crash;
pub mod delay;
pub mod disk;
mod draw;
pub mod duplicate;
mod lasting;
pub mod loss;
mod names;
pub mod none;
pub mod omission;
pub mod partition;
pub mod pause;
pub mod rate;
pub mod reorder;
pub mod starve;
pub mod swarm;
pub mod timing;
pub mod value;
pub mod window;
pub mod wrong_orders;

pub use names::{UnknownFault, in_words, named_once, resolve, variant_in_words, words_of};

use pepperland_core::fault::{Fault, Profile};

/// Every profile.
pub const ALL: &[&Profile] = &[
    &none::ENTRY,
    &crash::STOP,
    &crash::RECOVERY,
    &core::ENTRY,
    &churn::ENTRY,
    &partition::ENTRY,
    &loss::ENTRY,
    &delay::DELAY,
    &delay::JITTER,
    &reorder::ENTRY,
    &duplicate::ENTRY,
    &corrupt::ENTRY,
    &pause::ENTRY,
    &clock::ENTRY,
    &byzantine::ENTRY,
    &swarm::ENTRY,
    &omission::ENTRY,
    &timing::ENTRY,
    &value::ENTRY,
    &rate::ENTRY,
    &disk::ENTRY,
    &window::ENTRY,
    &starve::ENTRY,
    &wrong_orders::ENTRY,
];

/// Every profile that needs none of these faults: what a runtime that lacks them can bring about.
pub fn without(lacks: &[Fault]) -> impl Iterator<Item = &'static Profile> {
    let possible = |profile: &&Profile| !profile.needs.iter().any(|fault| lacks.contains(fault));
    ALL.iter().copied().filter(possible)
}
