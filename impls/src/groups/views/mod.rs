//! Groups whose members come, go and fail: what each member sees of that are views, and what it
//! delivers fits them.
//!
//! One protocol of agreement on views stands below all of them:
//!
//! ```text
//! reach.rs     who is within reach both ways, by beats
//! agreement.rs rounds by which those who are agree on the next view
//!              (rounds.rs: what they say; member.rs, coordinator.rs: the two sides)
//! change.rs    what the coordinator of a round makes of the answers
//! multicasts.rs, log.rs
//!              the multicasts of a view, kept until every member has them
//! voting.rs    which views may be primary
//! ```

pub(in crate::groups) mod agreement;
mod change;
mod coordinator;
pub(in crate::groups) mod log;
mod member;
pub mod membership;
mod multicasts;
mod planted;
pub mod primary;
mod reach;
mod report;
mod rounds;
pub(in crate::groups) mod service;
pub mod stable;
pub mod virtual_synchrony;
mod voting;

use pepperland_core::implementation::{Bound, Claim, Implementation, Model};
use pepperland_core::time::Span;

/// Those whose multicasts know the views, in the order of the catalogue.
pub const ALL: &[&Implementation] = &[
    &membership::ENTRY,
    &virtual_synchrony::ENTRY,
    &stable::ENTRY,
    &primary::PRIMARY,
    &primary::PARTITIONABLE,
];

/// What all of them assume.
pub(in crate::groups) const MODEL: Model = Model {
    views: true,
    bounds: &[SETTLING, Bound::blocking(|_| Span::seconds(2).0)],
    ..Model::PARTIALLY_SYNCHRONOUS
};

/// How soon their views come to rest.
pub(in crate::groups) const SETTLING: Bound = Bound::settling(|_| Span::seconds(2).0);

/// What all of them promise of the views alone.
pub(in crate::groups) const OF_VIEWS: &[Claim] = &[
    Claim::always("self-inclusion"),
    Claim::always("view-monotonicity"),
    Claim::always("initial-view"),
    Claim::always("view-agreement"),
    Claim::always("transitional-set"),
    Claim::always("successor-agreement"),
    Claim::always("view-stability"),
];

/// What those promise besides in which every part of a group has views.
pub(in crate::groups) const OF_LAST_VIEWS: &[Claim] = &[
    Claim::always("membership-precision"),
    Claim::always("reinclusion"),
    Claim::always("multicast-liveness"),
    Claim::always("termination-of-delivery"),
];

/// What those promise besides that flush a view before they leave it.
pub(in crate::groups) const OF_FLUSHES: &[Claim] = &[
    Claim::always("sending-view-delivery"),
    Claim::always("weak-sending-view-delivery"),
    Claim::always("same-view-delivery"),
    Claim::always("virtual-synchrony"),
    Claim::always("extended-virtual-synchrony"),
    Claim::always("not-in-next-view"),
    Claim::always("no-delivery-from-excluded"),
    Claim::always("self-delivery"),
    Claim::always("fifo-order"),
    Claim::always("uniform-fifo-order"),
];

/// What those promise whose members never wait for somebody who does not come.
pub(in crate::groups) const IN_GOOD_TIME: &[Claim] =
    &[Claim::always("flush-shape"), Claim::always("blocking-time")];
