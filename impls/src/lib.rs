//! Protocols under test, each readable as its pseudocode and built from layers.
//!
//! A file holds the citation, the pseudocode, what it assumes, where it departs from its source,
//! its record (`ENTRY`), and the protocol. One more protocol is one file, a `mod` line in
//! its folder, and a line in the folder's `ALL`.

pub mod agreement;
pub mod beside;
pub mod byzantine;
mod changed;
mod claims;
pub mod detectors;
pub mod for_group;
pub mod groups;
mod in_order;
pub mod links;
pub mod multicast;
mod naming;
pub mod order;
mod patience;
pub mod requests;
pub mod services;

use pepperland_core::implementation::Implementation;

/// The implementations by kind, in the order of the catalogue.
pub const FAMILIES: &[&[&Implementation]] = &[
    links::ALL,
    multicast::ALL,
    order::ALL,
    agreement::ALL,
    groups::ALL,
    groups::views::ALL,
    groups::ABOVE_VIEWS,
    requests::ALL,
    services::ALL,
    detectors::ALL,
    byzantine::ALL,
    byzantine::correia::ALL,
];

/// Every implementation, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Implementation> + Clone {
    FAMILIES.iter().copied().flatten().copied()
}

/// The implementation of this name.
pub fn find(name: &str) -> Option<&'static Implementation> {
    all().find(|implementation| implementation.name == name)
}
