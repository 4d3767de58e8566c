//! Virtual synchrony with uniform delivery: a multicast is delivered when every member of the view
//! is known to have it, and is then safe (Birman 1996: *dynamically uniform*; Moser, Amir,
//! Melliar-Smith & Agarwal 1994: *safe*).
//!
//! ```text
//! As virtual synchrony; but on receive((v, n, m)) from q, in view v:
//!     keep m;  tell how many multicasts of each member are here, in the next beat
//! When all members of v have told that they have m:
//!     deliver m;  m is safe
//! ```
//!
//! What nobody is known to lack is not lost by those who go on, since each of them says in the
//! flush that it has it. What was only received is delivered at the next view.
//!
//! Assumes what virtual synchrony assumes. Uniformity is among those who go on: a member that is
//! cut off, or excluded by mistake, does not deliver what the others have while it is away.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::INTEGRITY;
use crate::groups::views::agreement::agreement;
use crate::groups::views::log::When;
use crate::groups::views::service::{Service, Views};
use crate::groups::views::{IN_GOOD_TIME, MODEL, OF_FLUSHES, OF_LAST_VIEWS, OF_VIEWS};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Claim, Flaw, Implementation, Proviso};
use pepperland_core::message::Message;

/// V2, uniform.
pub const ENTRY: Implementation = Implementation {
    name: "virtual-synchrony-stable",
    number: "V2",
    statement: "virtual synchrony that delivers what every member of the view has",
    source: "Birman 1996; Moser, Amir, Melliar-Smith & Agarwal 1994",
    claims: &[INTEGRITY, OF_VIEWS, OF_LAST_VIEWS, OF_FLUSHES, IN_GOOD_TIME, OF_STABILITY],
    model: MODEL,
    nodes: 4,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "safe-on-receipt",
        number: "V17",
        statement: "what is here counts as being everywhere",
        breaks: "safe-indication",
        keeps: &["sending-view-delivery", "same-view-delivery"],
        faults: "none",
        workload: "steady",
        killer: include_str!("../../../killers/safe-on-receipt.jsonl"),
    }],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| {
        let service = Service { when: When::Stable, flushes: true, views: Views::Any };
        changed(setup, Stack::node(agreement::<Message>(setup, service)))
    },
};

const OF_STABILITY: &[Claim] = &[
    Claim::only("dynamic-uniformity", Proviso::InTime),
    Claim::always("safe-prefix"),
    Claim::always("safe-indication"),
    Claim::always("safe-delivery"),
    Claim::always("safe-reliable-prefix"),
    Claim::always("safe-liveness"),
];
