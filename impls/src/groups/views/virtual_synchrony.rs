//! Virtual synchrony: who goes from one view to the next together has delivered the same messages
//! in the first, and a message is delivered in the view in which it was sent, or nowhere (Birman &
//! Joseph 1987; Chockler, Keidar & Vitenberg 2001).
//!
//! ```text
//! To multicast m:        send(p, (view, number, m)) to each other member of the view;  deliver m
//! On receive((v, n, m)) from q, in view v:
//!                        keep m until all members are known to have it
//!                        deliver q's multicasts in the order of their numbers
//! To change the view:    agreement.rs, in which everybody first stops sending and delivering, then
//!                        says what it keeps, and delivers what any of those has kept who come from
//!                        the same view, before the next one is installed
//! ```
//!
//! Assumes a channel that loses nothing but what is under way to a node that crashes, and clocks
//! that run at one rate. Suspicions may be wrong; groups may part and merge.
//!
//! Departs from the source: the flush is not a multicast of each member to all, but an answer to
//! the coordinator of the new view. What only members have that were cut off or crashed is lost to
//! those who go on, even if it was delivered there: delivery is not uniform. The stable variant
//! delivers what all members of the view have.

use crate::changed::{HARMLESS_IN_TIME, UPCALLS_ON_TWO_THREADS, changed};
use crate::claims::INTEGRITY;
use crate::groups::views::agreement::agreement;
use crate::groups::views::log::When;
use crate::groups::views::service::{Service, Views};
use crate::groups::views::{IN_GOOD_TIME, MODEL, OF_FLUSHES, OF_LAST_VIEWS, OF_VIEWS};
use pepperland_core::contract::{Layer, Stack, Value};
use pepperland_core::implementation::{Break, Flaw, Implementation, Setup};
use pepperland_core::message::Message;

/// V2.
pub const ENTRY: Implementation = Implementation {
    name: "virtual-synchrony",
    number: "V2",
    statement: "members that change views together have delivered the same messages",
    source: "Birman & Joseph 1987; Chockler, Keidar & Vitenberg 2001",
    claims: &[INTEGRITY, OF_VIEWS, OF_LAST_VIEWS, OF_FLUSHES, IN_GOOD_TIME],
    model: MODEL,
    nodes: 4,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "no-flush",
            number: "V1",
            statement: "a view is installed without what others have of the last one",
            breaks: "virtual-synchrony",
            keeps: &["sending-view-delivery", "successor-agreement"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/no-flush.jsonl"),
        },
        Flaw {
            name: "flush-skips-unstable",
            number: "V2",
            statement: "a member tells of its own multicasts alone in a flush",
            breaks: "virtual-synchrony",
            keeps: &["sending-view-delivery", "same-view-delivery", "successor-agreement"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/flush-skips-unstable.jsonl"),
        },
        Flaw {
            name: "flush-on-majority",
            number: "V3",
            statement: "a view is proposed as soon as a majority has flushed",
            breaks: "virtual-synchrony",
            keeps: &["sending-view-delivery", "successor-agreement", "self-inclusion"],
            faults: "delay",
            workload: "steady",
            killer: include_str!("../../../killers/flush-on-majority.jsonl"),
        },
        Flaw {
            name: "no-block",
            number: "V5",
            statement: "the application is not told to stop sending",
            breaks: "sending-view-delivery",
            keeps: &["weak-sending-view-delivery", "same-view-delivery"],
            faults: "none",
            workload: "joining",
            killer: include_str!("../../../killers/no-block.jsonl"),
        },
        Flaw {
            name: "hears-the-excluded",
            number: "V7",
            statement: "what comes from outside the view is delivered",
            breaks: "no-delivery-from-excluded",
            keeps: &["self-inclusion", "view-agreement"],
            faults: "partition",
            workload: "steady",
            killer: include_str!("../../../killers/hears-the-excluded.jsonl"),
        },
        Flaw {
            name: "deliver-after-view",
            number: "V6",
            statement: "what is left to deliver in a view is delivered when the next has come",
            breaks: "same-view-delivery",
            keeps: &["self-inclusion", "view-agreement", "successor-agreement"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/deliver-after-view.jsonl"),
        },
        UPCALLS_ON_TWO_THREADS,
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "delivered-by-the-sender-alone",
        property: "dynamic-uniformity",
        statement: "a sender delivers its multicast and crashes: those who go on never have it",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../../killers/delivered-by-the-sender-alone.jsonl"),
    }],
    cost: None,
    build: |setup| changed(setup, Stack::node(virtual_synchrony::<Message>(setup))),
};

/// The layer on a network of the scenario. A multicast of a layer above while the view changes
/// waits for the next view, and so does one outside any view; `send` is outside of all views, and a
/// network that duplicates may deliver it twice.
pub fn virtual_synchrony<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    agreement(setup, Service { when: When::Here, flushes: true, views: Views::Any })
}
