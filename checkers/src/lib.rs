//! The properties of group communication: each with its definition, its checker, and a slow oracle
//! that the checker is tested against.
//!
//! A checker knows neither which implementation nor which runtime made a history. One more property
//! is one more file with an `ENTRY`, and one more line in the `ALL` of its family.

mod answers;
mod byzantine;
mod clocks;
mod consensus;
pub mod detectors;
mod environment;
mod exclusion;
mod groups;
mod linearizability;
mod membership;
mod order;
mod programs;
mod reliability;
mod replication;
mod safe;
pub mod services;
mod transactions;
mod transfer;
mod views;

mod judge;
mod scene;
mod together;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod crosscheck;
#[cfg(test)]
mod spoken;

pub mod spread;
pub mod throughput;

pub use judge::{Judge, judge};
pub use membership::ViewFigures;

use pepperland_core::checker::Checker;

/// The properties by family, in the order of the catalogue; assumptions come last.
pub const FAMILIES: &[&[&Checker]] = &[
    reliability::ALL,
    order::ALL,
    groups::ALL,
    views::ALL,
    safe::ALL,
    membership::ALL,
    transfer::ALL,
    byzantine::ALL,
    consensus::ALL,
    detectors::ALL,
    replication::ALL,
    services::ALL,
    exclusion::ALL,
    clocks::ALL,
    linearizability::ALL,
    programs::ALL,
    answers::ALL,
    transactions::ALL,
    environment::ALL,
];

/// Every checker, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Checker> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

/// The checker of a property, by the property's name.
pub fn find(name: &str) -> Option<&'static Checker> {
    all().find(|checker| checker.property == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_property_has_a_name_of_its_own_in_kebab_case() {
        let names: BTreeSet<&str> = all().map(|checker| checker.property).collect();
        assert_eq!(names.len(), all().count());
        let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let kebab = |name: &str| name.chars().all(is_kebab);
        assert!(names.into_iter().all(kebab));
    }
}
