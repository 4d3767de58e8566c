//! Which properties imply which.

use pepperland_core::history::{History, Kind};

/// If the first holds then the second cannot be violated, in any history.
const ALWAYS: &[(&str, &str)] = &[
    ("uniform-total-order", "total-order"),
    ("uniform-agreement", "agreement"),
    ("causal", "fifo"),
    ("validity-all", "validity-self"),
    ("validity-all", "validity-some"),
    ("fifo", "fifo-order"),
    ("causal", "local-order"),
    ("causal", "causal-order"),
    ("causal-order", "fifo-order"),
    ("uniform-causal", "causal"),
    ("uniform-causal", "uniform-fifo"),
    ("uniform-causal", "uniform-local-order"),
    ("uniform-causal", "uniform-causal-order"),
    ("uniform-causal-order", "causal-order"),
    ("uniform-causal-order", "uniform-fifo-order"),
    ("uniform-local-order", "local-order"),
    ("causal-across-groups", "causal-order"),
    ("causal-through-clients", "causal-across-groups"),
    ("fifo", "fifo-correct-senders"),
    ("uniform-fifo", "fifo"),
    ("uniform-fifo", "uniform-fifo-order"),
    ("uniform-fifo-order", "fifo-order"),
    ("fifo-across-incarnations", "fifo-order"),
    ("fifo-across-groups", "fifo-order"),
    ("fifo-total-order", "fifo"),
    ("fifo-total-order", "total-order"),
    ("causal-total-order", "causal"),
    ("causal-total-order", "fifo-total-order"),
    ("prefix-order", "uniform-gap-free-total-order"),
    ("uniform-gap-free-total-order", "gap-free-total-order"),
    ("reliable-total-order", "total-order-within-views"),
    ("uniform-total-order", "total-order-within-views"),
];

/// The same, in histories of one group in which no life starts late halfway: prefix-order does not
/// relate what a life delivered before a snapshot with what it delivers after.
const IN_ONE_GROUP: &[(&str, &str)] = &[
    ("prefix-order", "uniform-total-order"),
    ("uniform-gap-free-total-order", "uniform-total-order"),
    ("gap-free-total-order", "total-order"),
    ("fifo-across-groups", "fifo"),
];

/// The same: the first two together imply the third. Hadzilacos & Toueg 1994: causal order is FIFO
/// order and local order.
const TOGETHER: &[(&str, &str, &str)] = &[
    ("fifo", "local-order", "causal"),
    ("uniform-fifo", "uniform-local-order", "uniform-causal"),
    ("fifo", "total-order", "fifo-total-order"),
    ("causal", "total-order", "causal-total-order"),
    ("uniform-gap-free-total-order", "uniform-agreement", "no-contamination"),
];

/// The implications that bind this history: of the first two the third.
pub fn conjunctions(
    history: &History,
) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let starts = |k: &Kind| matches!(k, Kind::View | Kind::StateSet | Kind::Recover);
    let one = history.groups().len() == 1 && !history.kinds().iter().any(starts);
    TOGETHER.iter().filter(move |_| one).copied()
}

/// The implications that bind this history: of the first the second.
pub fn implications(history: &History) -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts = |k: &Kind| matches!(k, Kind::View | Kind::StateSet);
    let one = history.groups().len() == 1 && !history.kinds().iter().any(starts);
    ALWAYS.iter().chain(IN_ONE_GROUP.iter().filter(move |_| one)).copied()
}
