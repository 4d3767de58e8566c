//! Which properties imply which.

use pepperland_core::history::{History, Kind};

/// If the first holds then the second cannot be violated, in any history.
const ALWAYS: &[(&str, &str)] = &[
    ("uniform-total-order", "total-order"),
    ("uniform-agreement", "agreement"),
    ("causal", "fifo"),
    ("validity-all", "validity-self"),
    ("validity-all", "validity-some"),
    ("uniform-no-creation", "no-creation"),
    ("no-creation", "byzantine-no-creation"),
    ("no-creation", "no-forgery"),
    ("no-creation", "payload-integrity"),
    ("no-creation", "no-precognition"),
    ("no-creation", "no-misdelivery"),
    ("uniform-no-duplication", "no-duplication"),
    ("no-duplication-across-incarnations", "no-duplication"),
    ("no-duplication", "no-duplication-per-incarnation"),
    ("uniform-integrity", "integrity"),
    ("integrity", "no-creation"),
    ("integrity", "no-duplication"),
    ("uniform-integrity", "uniform-no-creation"),
    ("uniform-integrity", "uniform-no-duplication"),
    ("uniform-agreement", "majority-uniform-agreement"),
    ("validity-some", "anycast-at-least-one"),
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
