//! Virtual synchrony in a group that may part: either one part alone goes on, or each for itself
//! (Birman 1996: the primary partition; Lotem, Keidar & Dolev 1997: dynamic voting; Chockler,
//! Keidar & Vitenberg 2001 for both).
//!
//! ```text
//! primary partition:   as virtual synchrony; and when all participants of a round have said what
//!                      they have, the coordinator proposes the next view only if voting.rs lets
//!                      its members form one; else they wait, blocked, until others come
//! partitionable:       as virtual synchrony: each part has views of its own, and when links heal
//!                      the parts merge. No view is called primary
//! ```
//!
//! Assumes what virtual synchrony assumes; votes are in stable storage. Departs from the source: a
//! primary view needs more than half of the members of the last one and of each that was accepted
//! since and may have been installed somewhere; attempts are not resolved among those who were not
//! in them. A member whose leave would cost the primary its majority stays until another comes.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::INTEGRITY;
use crate::groups::views::agreement::agreement;
use crate::groups::views::log::When;
use crate::groups::views::service::{Service, Views};
use crate::groups::views::{IN_GOOD_TIME, MODEL, OF_FLUSHES, OF_VIEWS};
use pepperland_core::contract::Stack;
use pepperland_core::history::PartitionContract;
use pepperland_core::implementation::{Claim, Implementation, Model};
use pepperland_core::message::Message;

/// V4, one part alone.
pub const PRIMARY: Implementation = Implementation {
    name: "primary-partition",
    number: "V4",
    statement: "virtual synchrony in which a view has a majority of the one before",
    source: "Birman 1996; Lotem, Keidar & Dolev 1997",
    claims: &[INTEGRITY, OF_VIEWS, OF_FLUSHES, OF_PRIMARIES],
    model: Model { blocking_bound: None, ..MODEL },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| {
        let service = Service { when: When::Here, flushes: true, views: Views::Primary };
        changed(setup, Stack::node(agreement::<Message>(setup, service)))
    },
};

/// V4, each part for itself.
pub const PARTITIONABLE: Implementation = Implementation {
    name: "partitionable",
    number: "V4",
    statement: "virtual synchrony in each part of a group, and between parts that merge",
    source: "Chockler, Keidar & Vitenberg 2001",
    claims: &[INTEGRITY, OF_VIEWS, OF_FLUSHES, IN_GOOD_TIME],
    model: Model { partition: PartitionContract::Partitionable, ..MODEL },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| {
        let service = Service { when: When::Here, flushes: true, views: Views::Partitionable };
        changed(setup, Stack::node(agreement::<Message>(setup, service)))
    },
};

const OF_PRIMARIES: &[Claim] = &[
    Claim::always("primary-uniqueness"),
    Claim::always("primary-continuity"),
    Claim::always("primary-majority"),
    Claim::always("primary-exclusion-in-time"),
];
