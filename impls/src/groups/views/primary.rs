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
use crate::groups::views::{IN_GOOD_TIME, MODEL, OF_FLUSHES, OF_LAST_VIEWS, OF_VIEWS, SETTLING};
use pepperland_core::contract::Stack;
use pepperland_core::history::PartitionContract;
use pepperland_core::implementation::{Claim, Flaw, Implementation, Model, Proviso};
use pepperland_core::message::Message;

/// V4, one part alone.
pub const PRIMARY: Implementation = Implementation {
    name: "primary-partition",
    number: "V4",
    statement: "virtual synchrony in which a view has a majority of the one before",
    source: "Birman 1996; Lotem, Keidar & Dolev 1997",
    claims: &[INTEGRITY, OF_VIEWS, OF_FLUSHES, OF_PRIMARIES, WHILE_NOBODY_CRASHES],
    model: Model { bounds: &[SETTLING], ..MODEL },
    nodes: 4,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "half-is-enough",
            number: "V10",
            statement: "half of the last primary view may form the next",
            breaks: "primary-majority",
            keeps: &["self-inclusion", "view-monotonicity", "view-agreement"],
            faults: "partition:halves",
            workload: "steady",
            killer: include_str!("../../../killers/half-is-enough.jsonl"),
        },
        Flaw {
            name: "majority-of-static-set",
            number: "PL81",
            statement: "a majority of the first view may form the next, whoever came since",
            breaks: "primary-majority",
            keeps: &["self-inclusion", "view-monotonicity", "view-agreement"],
            faults: "partition:isolate",
            workload: "joining",
            killer: include_str!("../../../killers/majority-of-static-set.jsonl"),
        },
        Flaw {
            name: "minority-goes-on",
            number: "PL82",
            statement: "any view is primary",
            breaks: "primary-majority",
            keeps: &["self-inclusion", "view-monotonicity", "view-agreement"],
            faults: "partition",
            workload: "steady",
            killer: include_str!("../../../killers/minority-goes-on.jsonl"),
        },
        Flaw {
            name: "installs-unaccepted",
            number: "V11",
            statement: "a primary view is installed when the first has accepted it: the others of \
                        the view before have not agreed, and form another",
            breaks: "primary-uniqueness",
            keeps: &["self-inclusion", "view-monotonicity"],
            faults: "partition:bridge",
            workload: "joining",
            killer: include_str!("../../../killers/installs-unaccepted.jsonl"),
        },
    ],
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
    claims: &[INTEGRITY, OF_VIEWS, OF_LAST_VIEWS, OF_FLUSHES, IN_GOOD_TIME],
    model: Model { partition: PartitionContract::Partitionable, ..MODEL },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "forgets-who-was-silent",
        number: "V14",
        statement: "whoever has not answered when two parts merge is not asked again",
        breaks: "membership-precision",
        keeps: &["self-inclusion", "view-monotonicity", "view-agreement"],
        faults: "partition",
        workload: "steady",
        killer: include_str!("../../../killers/forgets-who-was-silent.jsonl"),
    }],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| {
        let service = Service { when: When::Here, flushes: true, views: Views::Partitionable };
        changed(setup, Stack::node(agreement::<Message>(setup, service)))
    },
};

/// A coordinator that is late may install alone a view that the others have only accepted, after
/// they went on to the next.
pub(in crate::groups) const OF_PRIMARIES: &[Claim] = &[
    Claim::always("primary-uniqueness"),
    Claim::only("primary-continuity", Proviso::InTime),
    Claim::always("primary-majority"),
    Claim::always("primary-exclusion-in-time"),
];

/// A member that crashes after it has accepted a view may have installed it: where it is needed for
/// a majority of that, the others wait for it.
pub(in crate::groups) const WHILE_NOBODY_CRASHES: &[Claim] = &[
    Claim::only("membership-precision", Proviso::NobodyCrashes),
    Claim::only("multicast-liveness", Proviso::NobodyCrashes),
    Claim::only("termination-of-delivery", Proviso::NobodyCrashes),
    Claim::only("flush-shape", Proviso::NobodyCrashes),
];
