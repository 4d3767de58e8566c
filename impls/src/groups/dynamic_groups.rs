//! Groups that come and go, each with members and views of its own: membership by total-order
//! multicast, where a command names its group (lecture slides on group communication: static and
//! dynamic, open and closed, symmetric and asymmetric groups).
//!
//! ```text
//! For each group, as ordered-membership; and:
//! To join a group that nobody is in:      TO-multicast("include", self, v):  the group is made
//! When the last member leaves:            V = {}:  the group is gone; v goes on if it is made again
//! To multicast m from outside:            in an open group:   TO-multicast(m)
//!                                         in a closed group:  refuse
//! On TO-deliver(m) from outside:          deliver m
//! To command others, if asymmetric:       only the first member that is not suspected
//! ```
//!
//! One order serves all groups, and so each message has one place between the views of its group,
//! whoever sent it: a sender outside takes no part in a change of view and cannot be asked to wait
//! for it. Who knows of groups that it is in? All nodes that there are, since all take part in the
//! order; that is what it costs. Assumes what ordered-membership assumes.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VIEWS};
use crate::groups::ordered_membership::{Commanders, IN_ORDER, MODEL, ordered_membership};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Claim, Flaw, Groups, Implementation, Model};
use pepperland_core::message::Message;

/// V6, symmetric: every member may command.
pub const SYMMETRIC: Implementation = Implementation {
    name: "dynamic-groups",
    number: "V6",
    statement: "groups made and gone at run time, open or closed, each with views of its own",
    source: "lecture slides",
    claims: &[INTEGRITY, VIEWS, IN_ORDER, &[Claim::always("closed-group")]],
    model: Model { groups: Groups::Open, ..MODEL },
    nodes: 4,
    budget: |n| (n - 1) / 2,
    flaws: &[Flaw {
        name: "open-sender-skips-flush",
        number: "PL72",
        statement: "what comes from outside is sent to the members by itself, past the order",
        breaks: "same-view-delivery",
        keeps: &["no-duplication", "self-inclusion", "view-monotonicity", "view-agreement"],
        faults: "none",
        workload: "dynamic-open",
        killer: include_str!("../../killers/open-sender-skips-flush.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[],
    cost: None,
    build: |setup| {
        changed(setup, Stack::node(ordered_membership::<Message>(setup, Commanders::All)))
    },
};

/// V6, asymmetric: a coordinator commands.
pub const ASYMMETRIC: Implementation = Implementation {
    name: "dynamic-groups-coordinated",
    statement: "groups made and gone at run time; in each a coordinator says who is in",
    flaws: &[],
    build: |setup| {
        changed(setup, Stack::node(ordered_membership::<Message>(setup, Commanders::First)))
    },
    ..SYMMETRIC
};
