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

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::INTEGRITY;
use crate::groups::views::agreement::agreement;
use crate::groups::views::log::When;
use crate::groups::views::service::{Service, Views};
use crate::groups::views::{IN_GOOD_TIME, MODEL, OF_FLUSHES, OF_VIEWS};
use pepperland_core::contract::{Layer, Stack, Value};
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::message::Message;

/// V2.
pub const ENTRY: Implementation = Implementation {
    name: "virtual-synchrony",
    number: "V2",
    statement: "members that change views together have delivered the same messages",
    source: "Birman & Joseph 1987; Chockler, Keidar & Vitenberg 2001",
    claims: &[INTEGRITY, OF_VIEWS, OF_FLUSHES, IN_GOOD_TIME],
    model: MODEL,
    nodes: 4,
    budget: |n| n - 1,
    flaws: &[],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| changed(setup, Stack::node(virtual_synchrony::<Message>(setup))),
};

/// The layer on a network of the scenario. A multicast of a layer above while the view changes
/// waits for the next view, and so does one outside any view; `send` is outside of all views, and a
/// network that duplicates may deliver it twice.
pub fn virtual_synchrony<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    agreement(setup, Service { when: When::Here, flushes: true, views: Views::Any })
}
