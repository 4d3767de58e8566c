//! State transfer as a part of the change of views: a joiner gets the state of the others, and
//! then is as one that has delivered all that they have (Birman & Joseph 1987; Birman 1996,
//! *Building Secure and Reliable Network Applications*, on state transfer; Chockler, Keidar &
//! Vitenberg 2001 on the exchange of states in a new view).
//!
//! ```text
//! standing:   in which view I last had the group's state, how many messages I have executed or
//!             have left to, and from which view I come
//! On view v:                  TO-multicast(told, standing);  hold all messages of v
//! On told of all members:     best := the greatest standing
//!                             who has it executes what was left of former views, and from now on
//!                             what v brings;  everybody else has no state
//!                             the least who has it is the donor: if somebody has it not,
//!                             take a snapshot of the state before any message of v;
//!                             TO-multicast its first half;  when that is delivered, its second
//! To leave:                   wait until all members of the view have the state, or will
//! On both halves, without a state:   that is the state;  execute what is held
//! On the end of v:            what was not executed is delivered, and is left to be executed;
//!                             without the state, drop it: the next snapshot covers it;
//!                             a snapshot that is not here whole is none
//! ```
//!
//! Told and snapshots are multicast in the view, in one order with the messages: so all know what
//! the snapshot stands for, namely what was delivered before the view. When a donor crashes, the
//! next view begins with a new exchange. A node that was excluded, rightly or not, has a lesser
//! standing when it comes back, and its state is replaced.
//!
//! What a view leaves, some may get and others not. It is executed only when all members of a later
//! primary view have told their standings, and then all of them have the same.
//!
//! Assumes below it virtual synchrony of primary views, which delivers to the members of a view
//! what all of them have, and total order inside views. If all who had the state crash, nobody has
//! it any more, and the group waits.
//! Departs from the sources: the state is held in memory alone, so that who restarts joins anew;
//! the view is told to the application before the state is there, which may multicast at once. What
//! a part of the group delivered that the primary never had is executed nowhere: it has no place.

mod flaws;
mod handover;
mod protocol;
mod state;

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::INTEGRITY;
use crate::groups::inside_views::total::TotalInViews;
use crate::groups::transfer::protocol::StateTransfer;
use crate::groups::transfer::state::Packet;
use crate::groups::views::agreement::agreement;
use crate::groups::views::log::When;
use crate::groups::views::primary::{OF_PRIMARIES, WHILE_NOBODY_CRASHES};
use crate::groups::views::service::{Service, Views};
use crate::groups::views::{MODEL, OF_VIEWS, SETTLING};
use pepperland_core::contract::{Layer, Stack};
use pepperland_core::implementation::{Claim, Implementation, Model, Proviso, Setup};

/// V3.
pub const ENTRY: Implementation = Implementation {
    name: "state-transfer",
    number: "V3",
    statement: "replicas in views: whoever joins gets the state, of just what was before the view",
    source: "Birman & Joseph 1987; Birman 1996",
    claims: &[INTEGRITY, OF_VIEWS, OF_PRIMARIES, WHILE_NOBODY_CRASHES, OF_DELIVERY, TRANSFER],
    model: Model { bounds: &[SETTLING], ..MODEL },
    nodes: 4,
    budget: |n| (n - 1) / 2,
    flaws: flaws::FLAWS,
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| changed(setup, Stack::node(state_transfer(setup))),
};

/// As virtual synchrony, but for what binds those who wait for the state: what they would deliver
/// is in the snapshot, and nowhere if all who had the state are gone; so is what they multicast.
const OF_DELIVERY: &[Claim] = &[
    Claim::always("sending-view-delivery"),
    Claim::always("weak-sending-view-delivery"),
    Claim::always("same-view-delivery"),
    Claim::always("no-delivery-from-excluded"),
    Claim::always("fifo-order"),
    Claim::always("uniform-fifo-order"),
    Claim::always("total-order-within-views"),
];

const TRANSFER: &[Claim] = &[
    Claim::always("state-transfer"),
    Claim::always("state-transfer-gap"),
    Claim::always("donor-consistency"),
    Claim::always("state-transfer-completion"),
    Claim::always("rejoin-replaces-state"),
    Claim::always("state-exchange-liveness"),
    Claim::always("state-hash-agreement"),
    Claim::always("consecutive-slots"),
    // A part that is cut off orders what its view leaves by itself.
    Claim::only("total-order", Proviso::InTime),
    Claim::only("uniform-total-order", Proviso::InTime),
];

fn state_transfer(setup: &Setup<'_>) -> StateTransfer<impl Layer<Payload = Packet> + use<>> {
    let below = agreement(setup, SERVICE);
    StateTransfer::over(TotalInViews::over(below, setup), setup)
}

const SERVICE: Service = Service { when: When::Stable, flushes: true, views: Views::Primary };
