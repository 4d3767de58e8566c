//! Group membership: nodes join through any member, leave, are excluded when they are suspected,
//! and included again when that was wrong (Ricciardi & Birman 1991; Chockler, Keidar & Vitenberg
//! 2001 for what is promised).
//!
//! ```text
//! To join or to leave:   say so in every beat, until a view has it
//! Agreement on views as agreement.rs has it, with nothing to flush
//! To multicast m:        send(p, (view, number, m)) to each other member of the view;  deliver m
//! On receive((v, n, m)) from q:
//!     in view v          deliver q's multicasts in the order of their numbers, each once
//!     in an earlier one  keep it until v is installed
//!     in a later one     drop it
//! ```
//!
//! Assumes a channel that loses nothing but what is under way to a node that crashes, and clocks
//! that run at one rate. Views are agreed upon by those who are within reach of each other, wrongly
//! or not; so there may be several at once, and they merge when links heal. In the end there is one
//! of just the nodes that are up and connected, and it stays.
//!
//! Departs from the sources: suspicion is mutual reach, told in the beats that also tell who wants
//! to be in; the least node within reach coordinates; a node that comes back is a new one, but for
//! the numbers of views, which are in stable storage.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::INTEGRITY;
use crate::groups::views::agreement::agreement;
use crate::groups::views::log::When;
use crate::groups::views::service::{Service, Views};
use crate::groups::views::{MODEL, OF_LAST_VIEWS, OF_VIEWS};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Flaw, Implementation};
use pepperland_core::message::Message;

/// V1.
pub const ENTRY: Implementation = Implementation {
    name: "membership",
    number: "V1",
    statement: "views that nodes join and leave, from which the suspected are excluded",
    source: "Ricciardi & Birman 1991; Chockler, Keidar & Vitenberg 2001",
    claims: &[INTEGRITY, OF_VIEWS, OF_LAST_VIEWS],
    model: MODEL,
    nodes: 4,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "view-id-reused",
            number: "V8",
            statement: "the id of a view is a number alone, without its creator",
            breaks: "view-agreement",
            keeps: &["self-inclusion", "view-monotonicity"],
            faults: "partition",
            workload: "steady",
            killer: include_str!("../../../killers/view-id-reused.jsonl"),
        },
        Flaw {
            name: "exclude-without-agreement",
            number: "PL80",
            statement: "whoever suspects a member installs a view without it at once",
            breaks: "view-agreement",
            keeps: &["self-inclusion", "view-monotonicity"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/exclude-without-agreement.jsonl"),
        },
        Flaw {
            name: "view-ids-restart",
            number: "V9",
            statement: "the greatest number of a view is not in stable storage",
            breaks: "view-monotonicity",
            keeps: &["self-inclusion"],
            faults: "crash-recovery:all",
            workload: "joining",
            killer: include_str!("../../../killers/view-ids-restart.jsonl"),
        },
        Flaw {
            name: "stays-when-excluded",
            number: "V15",
            statement: "a node that has left goes on to the next view, which is without it",
            breaks: "self-inclusion",
            keeps: &["view-monotonicity"],
            faults: "none",
            workload: "joining",
            killer: include_str!("../../../killers/stays-when-excluded.jsonl"),
        },
        Flaw {
            name: "merges-straight",
            number: "V13",
            statement: "those who come from different views go to the next without one on the way",
            breaks: "successor-agreement",
            keeps: &["self-inclusion", "view-agreement", "transitional-set"],
            faults: "partition",
            workload: "steady",
            killer: include_str!("../../../killers/merges-straight.jsonl"),
        },
        Flaw {
            name: "transitional-by-members",
            number: "V16",
            statement: "the transitional set is what the two views have in common",
            breaks: "transitional-set",
            keeps: &["self-inclusion", "view-agreement", "successor-agreement"],
            faults: "partition",
            workload: "steady",
            killer: include_str!("../../../killers/transitional-by-members.jsonl"),
        },
        Flaw {
            name: "alone-at-first-suspicion",
            number: "Z2",
            statement: "who has once suspected somebody goes on alone for ever",
            breaks: "membership-precision",
            keeps: &["self-inclusion", "view-monotonicity", "view-agreement", "transitional-set"],
            faults: "partition",
            workload: "steady",
            killer: include_str!("../../../killers/alone-at-first-suspicion.jsonl"),
        },
        Flaw {
            name: "waits-for-its-coordinator",
            number: "V4",
            statement: "who has promised a round promises no other, whatever becomes of the coordinator",
            breaks: "membership-precision",
            keeps: &["self-inclusion", "view-monotonicity", "view-agreement"],
            faults: "crash",
            workload: "joining",
            killer: include_str!("../../../killers/waits-for-its-coordinator.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| changed(setup, Stack::node(agreement::<Message>(setup, SERVICE))),
};

const SERVICE: Service = Service { when: When::Here, flushes: false, views: Views::Any };
