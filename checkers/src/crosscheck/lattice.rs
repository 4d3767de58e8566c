//! Which properties imply which.

use pepperland_core::checker::bound;
use pepperland_core::history::{Event, History, Kind, NONE};

/// If the first holds then the second cannot be violated, in any history.
const ALWAYS: &[(&str, &str)] = &[
    ("uniform-total-order", "total-order"),
    ("uniform-agreement", "agreement"),
    ("causal", "fifo"),
    ("validity-all", "validity-self"),
    ("validity-all", "validity-some"),
    ("acyclic-order", "uniform-pairwise-total-order"),
    ("acyclic-order", "uniform-total-order"),
    ("uniform-pairwise-total-order", "pairwise-total-order"),
    ("uniform-pairwise-total-order", "uniform-local-total-order"),
    ("uniform-pairwise-total-order", "uniform-total-order"),
    ("uniform-total-order", "uniform-pairwise-total-order"),
    ("pairwise-total-order", "local-total-order"),
    ("pairwise-total-order", "total-order"),
    ("total-order", "pairwise-total-order"),
    ("uniform-local-total-order", "local-total-order"),
    ("uniform-prefix-order", "uniform-local-total-order"),
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
    ("consensus-uniform-agreement", "consensus-agreement"),
    ("consensus-validity", "consensus-weak-validity"),
    ("consensus-termination", "consensus-termination-if-all-propose"),
    ("detector-completeness", "detector-weak-completeness"),
    ("detector-accuracy", "detector-weak-accuracy"),
    ("detector-eventual-strong-accuracy", "detector-eventual-accuracy"),
    ("byzantine-totality", "agreement"),
    ("byzantine-validity", "validity-some"),
    ("primary-uniqueness", "primary-exclusion-in-time"),
    ("sending-view-delivery", "weak-sending-view-delivery"),
    ("weak-sending-view-delivery", "same-view-delivery"),
    ("not-in-next-view", "virtual-synchrony"),
    ("virtual-synchrony", "extended-virtual-synchrony"),
    ("membership-precision", "reinclusion"),
    ("termination-of-delivery", "multicast-liveness"),
    ("safe-prefix", "safe-indication"),
    ("linearizability", "sequential-consistency"),
    ("linearizability", "lin-kv"),
    ("lin-kv", "linearizability"),
];

/// The same, where the destinations of every message are known: some orders compare all messages,
/// others only those.
const AMONG_KNOWN: &[(&str, &str)] = &[("uniform-prefix-order", "uniform-pairwise-total-order")];

/// The same, where every frame says what it carries: one that does not can be data for one property
/// only.
const AMONG_TOLD: &[(&str, &str)] = &[("genuineness", "strict-genuineness")];

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

/// The same, in histories of one group in which no life starts late.
const FROM_THE_BEGINNING: &[(&str, &str)] = &[
    ("prefix-order", "uniform-prefix-order"),
    ("prefix-order", "acyclic-order"),
    ("uniform-prefix-order", "acyclic-order"),
];

/// The same, where every lead states its epoch.
const WITH_EPOCHS: &[(&str, &str)] = &[("election-safety", "single-primary")];

/// The same, where the precision is twice the accuracy or more.
const WITH_LOOSE_PRECISION: &[(&str, &str)] = &[("clock-accuracy", "clock-precision")];

/// The implications that bind this history: of the first the second.
pub fn implications(history: &History) -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts = |k: &Kind| matches!(k, Kind::View | Kind::StateSet);
    let one = history.groups().len() == 1 && !history.kinds().iter().any(starts);
    let known = !history.message_table().broadcasts().contains(&NONE)
        && history.header.byzantine.is_empty();
    let states_epoch = |e: Event<'_>| e.field("epoch").is_some_and(|epoch| epoch.is_u64());
    let bound = |name| bound(history, name).map(u128::from);
    let loose = bound("accuracy").is_some_and(|a| bound("precision").is_some_and(|p| p >= 2 * a));
    let sometimes = [
        (one, IN_ONE_GROUP),
        (known, AMONG_KNOWN),
        (!history.header.about.contains_key("control"), AMONG_TOLD),
        (one && !history.has(Kind::Recover), FROM_THE_BEGINNING),
        (history.events().all(|e| e.kind() != Kind::Lead || states_epoch(e)), WITH_EPOCHS),
        (loose, WITH_LOOSE_PRECISION),
    ];
    let binding = sometimes.into_iter().filter(|(binds, _)| *binds).flat_map(|(_, all)| all);
    ALWAYS.iter().chain(binding).copied()
}
