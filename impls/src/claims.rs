//! Claims that several implementations make: an implementation lists these first, and what it
//! alone claims after them.

use pepperland_core::implementation::{Claim, Proviso};

/// Nothing out of nothing, and nothing twice.
pub const INTEGRITY: &[Claim] = &[Claim::always("no-creation"), Claim::always("no-duplication")];

/// What a correct node multicasts is delivered: by itself, by all, by some.
pub const VALIDITY: &[Claim] = &[
    Claim::always("validity-self"),
    Claim::always("validity-all"),
    Claim::always("validity-some"),
];

/// The same while nobody crashes: what blocks on any crash.
pub const VALIDITY_WHILE_NOBODY_CRASHES: &[Claim] = &[
    Claim::only("validity-self", Proviso::NobodyCrashes),
    Claim::only("validity-all", Proviso::NobodyCrashes),
    Claim::only("validity-some", Proviso::NobodyCrashes),
];

/// What one correct node delivers, all do; uniformly where sends survive their sender's crash.
pub const AGREEMENT: &[Claim] =
    &[Claim::always("agreement"), Claim::only("uniform-agreement", Proviso::SendsSurvive)];

/// Causal order and its two halves, FIFO and local order, for correct nodes and all others.
pub const CAUSALITY: &[Claim] = &[
    Claim::always("fifo"),
    Claim::always("uniform-fifo"),
    Claim::always("local-order"),
    Claim::always("uniform-local-order"),
    Claim::always("causal"),
    Claim::always("uniform-causal"),
];

/// One sequence of messages, which every node delivers from its beginning, crashed ones too; each
/// delivery says its place.
pub const ORDER: &[Claim] = &[
    Claim::always("total-order"),
    Claim::always("uniform-total-order"),
    Claim::always("gap-free-total-order"),
    Claim::always("uniform-gap-free-total-order"),
    Claim::always("prefix-order"),
    Claim::always("consecutive-slots"),
];

/// What one node delivers, even one that then crashes, all correct ones do.
pub const UNIFORM_AGREEMENT: &[Claim] =
    &[Claim::always("agreement"), Claim::always("uniform-agreement")];

/// Each sender's messages in its order, at crashed nodes too.
pub const FIFO: &[Claim] = &[Claim::always("fifo"), Claim::always("uniform-fifo")];

/// Each sender's messages in its order and all in one, at crashed nodes too.
pub const FIFO_TOTAL: &[Claim] =
    &[Claim::always("fifo"), Claim::always("uniform-fifo"), Claim::always("fifo-total-order")];

/// Views that are what they are called: with whoever installs them, each time a later one, the same
/// for all; and in the end who is there.
pub const VIEWS: &[Claim] = &[
    Claim::always("self-inclusion"),
    Claim::always("view-monotonicity"),
    Claim::always("initial-view"),
    Claim::always("view-agreement"),
    Claim::always("membership-precision"),
    Claim::always("reinclusion"),
];
