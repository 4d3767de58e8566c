//! Which properties imply which.

use pepperland_core::history::{History, Kind};

/// If the first holds then the second cannot be violated, in any history.
const ALWAYS: &[(&str, &str)] = &[
    ("uniform-total-order", "total-order"),
    ("uniform-agreement", "agreement"),
    ("causal", "fifo"),
    ("validity-all", "validity-self"),
    ("validity-all", "validity-some"),
    ("linearizability", "sequential-consistency"),
];

/// The same, in histories of one group in which no life starts late halfway: prefix-order does not
/// relate what a life delivered before a snapshot with what it delivers after.
const IN_ONE_GROUP: &[(&str, &str)] = &[("prefix-order", "uniform-total-order")];

/// The implications that bind this history: of the first the second.
pub fn implications(history: &History) -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts = |k: &Kind| matches!(k, Kind::View | Kind::StateSet);
    let one = history.groups().len() == 1 && !history.kinds().iter().any(starts);
    ALWAYS.iter().chain(IN_ONE_GROUP.iter().filter(move |_| one)).copied()
}
