//! Reliability: what is delivered, to whom, how often.

mod agreement;
mod no_creation;
mod no_duplication;
mod uniform_agreement;
mod validity_all;
mod validity_self;
mod validity_some;

pub mod owed;
mod promises;

#[cfg(test)]
mod oracle;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &no_creation::ENTRY,
    &no_duplication::ENTRY,
    &validity_self::ENTRY,
    &validity_all::ENTRY,
    &validity_some::ENTRY,
    &agreement::ENTRY,
    &uniform_agreement::ENTRY,
];

#[cfg(test)]
mod tests {
    use crate::crosscheck::{Family, family_tests, multicast};

    const FAMILY: Family =
        Family { checkers: super::ALL, histories: multicast::history, oracle: super::oracle::rule };

    family_tests!(FAMILY);
}
