//! What is claimed of each protocol of the stack, and how it can be broken.

pub mod atomic;
pub mod binary;
pub mod multivalued;
pub mod reliable;
pub mod vector;

use pepperland_core::fault::Fault;
use pepperland_core::history::FailureModel;
use pepperland_core::implementation::{Claim, Model};

/// Nodes may lie as well as crash; nothing is known of time.
const AMONG_LIARS: Model = Model {
    failures: FailureModel::Byzantine,
    tolerates: &[
        Fault::Byzantine,
        Fault::Crash,
        Fault::Delay,
        Fault::Reorder,
        Fault::Duplication,
        Fault::Partition,
        Fault::Pause,
    ],
    ..Model::ASYNCHRONOUS
};

/// How many of so many nodes may lie or crash: fewer than a third.
const fn fewer_than_a_third(n: usize) -> usize {
    n.saturating_sub(1) / 3
}

/// What correct nodes are told by those who may lie, they are all told, and told the same.
const BYZANTINE_RELIABLE: &[Claim] = &[
    Claim::always("agreement"),
    Claim::always("byzantine-consistency"),
    Claim::always("byzantine-totality"),
    Claim::always("byzantine-validity"),
    Claim::always("byzantine-integrity"),
];

/// Correct nodes decide, once, and the same.
const CONSENSUS: &[Claim] = &[
    Claim::always("consensus-termination-if-all-propose"),
    Claim::always("consensus-agreement"),
    Claim::always("consensus-integrity"),
];
