//! Which properties imply which.

use pepperland_core::checker::bound;
use pepperland_core::history::{Event, History, Kind};

/// If the first holds then the second cannot be violated, in any history.
const ALWAYS: &[(&str, &str)] = &[
    ("uniform-total-order", "total-order"),
    ("uniform-agreement", "agreement"),
    ("causal", "fifo"),
    ("validity-all", "validity-self"),
    ("validity-all", "validity-some"),
];

/// The same, in histories of one group in which no life starts late halfway: prefix-order does not
/// relate what a life delivered before a snapshot with what it delivers after.
const IN_ONE_GROUP: &[(&str, &str)] = &[("prefix-order", "uniform-total-order")];

/// The same, where every lead states its epoch.
const WITH_EPOCHS: &[(&str, &str)] = &[("election-safety", "single-primary")];

/// The same, where the precision is twice the accuracy or more.
const WITH_LOOSE_PRECISION: &[(&str, &str)] = &[("clock-accuracy", "clock-precision")];

/// The implications that bind this history: of the first the second.
pub fn implications(history: &History) -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts = |k: &Kind| matches!(k, Kind::View | Kind::StateSet);
    let one = history.groups().len() == 1 && !history.kinds().iter().any(starts);
    let states_epoch = |e: Event<'_>| e.field("epoch").is_some_and(|epoch| epoch.is_u64());
    let epochs = history.events().all(|e| e.kind() != Kind::Lead || states_epoch(e));
    let bound = |name| bound(history, name).map(u128::from);
    let loose = bound("accuracy").is_some_and(|a| bound("precision").is_some_and(|p| p >= 2 * a));
    let sometimes = [(one, IN_ONE_GROUP), (epochs, WITH_EPOCHS), (loose, WITH_LOOSE_PRECISION)];
    let binding = sometimes.into_iter().filter(|(binds, _)| *binds).flat_map(|(_, all)| all);
    ALWAYS.iter().chain(binding).copied()
}
