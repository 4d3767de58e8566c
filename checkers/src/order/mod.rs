//! Order: in which sequence messages are delivered.

mod causal;
mod fifo;
mod prefix_order;
mod total_order;
mod uniform_total_order;

mod causes;
mod clocks;
pub mod pairwise;
pub mod residue;
mod sequence;

#[cfg(test)]
pub mod oracle;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &fifo::ENTRY,
    &causal::ENTRY,
    &total_order::ENTRY,
    &uniform_total_order::ENTRY,
    &prefix_order::ENTRY,
];

#[cfg(test)]
mod tests {
    use crate::crosscheck::{Family, family_tests, multicast};

    const FAMILY: Family =
        Family { checkers: super::ALL, histories: multicast::history, oracle: super::oracle::rule };

    family_tests!(FAMILY);
}
