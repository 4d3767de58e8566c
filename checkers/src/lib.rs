//! The properties of group communication: each with its definition, its checker, and a slow oracle
//! that the checker is tested against.
//!
//! A checker knows neither which implementation nor which runtime made a history. One more property
//! is one more file with an `ENTRY`, and one more line in [`ALL`].

mod agreement;
mod causal;
mod fifo;
mod no_creation;
mod no_duplication;
mod prefix_order;
mod total_order;
mod uniform_agreement;
mod uniform_total_order;
mod validity_all;
mod validity_self;
mod validity_some;

mod blocks;
mod causes;
mod clocks;
mod deliverers;
mod lives;
mod order;
mod owed;
mod promises;
mod proof;
mod scene;
mod sequence;
mod streams;
mod tally;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod crosscheck;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

pub mod throughput;

use pepperland_core::checker::{Case, Checker};
use pepperland_core::history::History;
use pepperland_core::verdict::Verdict;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Every checker, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &no_creation::ENTRY,
    &no_duplication::ENTRY,
    &validity_self::ENTRY,
    &validity_all::ENTRY,
    &validity_some::ENTRY,
    &agreement::ENTRY,
    &uniform_agreement::ENTRY,
    &fifo::ENTRY,
    &causal::ENTRY,
    &total_order::ENTRY,
    &uniform_total_order::ENTRY,
    &prefix_order::ENTRY,
];

/// The checker of a property, by the property's name.
pub fn find(name: &str) -> Option<&'static Checker> {
    ALL.iter().copied().find(|checker| checker.property == name)
}

/// Judges a history by each of these properties. A checker that panics has decided nothing.
pub fn judge(
    history: &History,
    properties: &[&'static Checker],
) -> Vec<(&'static Checker, Verdict)> {
    let case = Case::new(history);
    let judged = |checker: &&'static Checker| {
        let verdict = catch_unwind(AssertUnwindSafe(|| (checker.check)(&case)));
        (*checker, verdict.unwrap_or_else(|_| Verdict::undecided("the checker itself failed")))
    };
    properties.iter().map(judged).collect()
}
