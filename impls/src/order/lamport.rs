//! Total order by communication history: Lamport's logical clocks (Lamport, *Time, Clocks, and
//! the Ordering of Events in a Distributed System*, CACM 21(7), 1978), with the clock rules of
//! the lecture that the catalogue follows: it rises by one on a multicast only, and a receipt
//! raises it to the maximum without adding one.
//!
//! ```text
//! On initialization:            C := 0
//! To multicast m:               C := C + 1;  multicast (m, C, i)
//! On receive (m, C', j):        C := max(C, C');  pending += (m, C', j);  acknowledge with C
//! On receive ack C' from j:     C := max(C, C')
//! Deliver (m, C', j) when it is the least pending by (C', j) and every member has been heard
//! from with a clock >= C'.
//! ```
//!
//! Assumes FIFO channels (here: FIFO over basic multicast) and that nobody crashes: a crashed
//! member is never heard from again, and the others wait for ever.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY_WHILE_NOBODY_CRASHES};
use crate::order::fifo::fifo_basic;
use pepperland_core::contract::{Cx, Delivery, Layer, Memory, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{
    Break, Claim, Cost, Flaw, Groups, Implementation, Model, Proviso, Setup,
};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O8.
pub const ENTRY: Implementation = Implementation {
    name: "lamport",
    number: "O8",
    statement: "total order by Lamport's clocks: deliver when heard from all",
    source: "Lamport 1978",
    claims: &[
        INTEGRITY,
        VALIDITY_WHILE_NOBODY_CRASHES,
        &[
            Claim::only("agreement", Proviso::NobodyCrashes),
            Claim::always("fifo"),
            Claim::always("causal"),
            Claim::always("uniform-fifo"),
            Claim::always("uniform-causal"),
            Claim::only("total-order", Proviso::OneGroup),
            Claim::only("uniform-total-order", Proviso::OneGroup),
            Claim::only("local-total-order", Proviso::SeveralGroups),
            Claim::only("uniform-local-total-order", Proviso::SeveralGroups),
            Claim::only("closed-group", Proviso::SeveralGroups),
            Claim::always("prefix-order"),
        ],
    ],
    // An outsider hears nothing that would raise its clock: its multicasts would come too late.
    model: Model { groups: Groups::Several, ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "deliver-before-hearing-all",
            number: "T8",
            statement: "the least pending message is delivered without waiting for all members",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/deliver-before-hearing-all.jsonl"),
        },
        Flaw {
            name: "tie-break-by-arrival",
            number: "T9",
            statement: "of two messages with one clock, the first to arrive is delivered first",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement", "fifo"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/tie-break-by-arrival.jsonl"),
        },
        Flaw {
            name: "clock-not-raised-on-receipt",
            number: "T10",
            statement: "a receipt is acknowledged, but the clock stays what it was",
            breaks: "causal",
            keeps: &["no-creation", "no-duplication", "fifo"],
            faults: "none",
            workload: "replies",
            killer: include_str!("../../killers/clock-not-raised-on-receipt.jsonl"),
        },
        Flaw {
            name: "over-non-fifo-links",
            number: "T12",
            statement: "what was sent earlier may come after an acknowledgement",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/over-non-fifo-links.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[
        Break {
            name: "crashed-kept",
            property: "validity-all",
            statement: "a crashed member is never heard from again, and nothing is delivered any more",
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/crashed-kept.jsonl"),
        },
        Break {
            name: "groups-overlap",
            property: "acyclic-order",
            statement: "each group has a clock of its own: three nodes, each in two of three groups, \
                    deliver in a circle",
            faults: "none",
            workload: "overlapping",
            killer: include_str!("../../killers/groups-overlap.jsonl"),
        },
    ],
    cost: Some(Cost { formula: "n²", messages: |n| n * n, steps: 2, note: "" }),
    build: |setup| {
        let lamport = Lamport::over(links::<Stamped<Message>>(setup), setup);
        changed(setup, Stack::node(lamport))
    },
};

/// FIFO channels.
fn links<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    let flaw = setup.flawed("over-non-fifo-links").then_some("no-hold-back-queue");
    fifo_basic(&Setup { flaw, ..*setup })
}

/// What is multicast below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Stamped<M> {
    /// `(m, C, i)`; i is the sender.
    Data(u64, M),
    /// The sender's clock and nothing else.
    Ack(u64),
}

/// Total order by communication history.
pub struct Lamport<M, L> {
    lower: L,
    groups: BTreeMap<GroupId, Group<M>>,
    deliver_before_hearing_all: bool,
    tie_break_by_arrival: bool,
    clock_not_raised_on_receipt: bool,
}

/// The state of one group.
#[derive(Debug)]
struct Group<M> {
    /// C.
    clock: u64,
    /// By clock, then by sender.
    pending: BTreeMap<(u64, u64), Delivery<M>>,
    /// The last clock heard from each member.
    heard: BTreeMap<NodeId, u64>,
    arrivals: u64,
}

impl<M, L> Lamport<M, L> {
    /// Total order over this FIFO multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> Lamport<M, L> {
        Lamport {
            lower,
            groups: BTreeMap::new(),
            deliver_before_hearing_all: setup.flawed("deliver-before-hearing-all"),
            tie_break_by_arrival: setup.flawed("tie-break-by-arrival"),
            clock_not_raised_on_receipt: setup.flawed("clock-not-raised-on-receipt"),
        }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        self.groups.entry(group).or_insert_with(Group::new)
    }
}

impl<M: Value, L: Layer<Payload = Stamped<M>>> Lamport<M, L> {
    fn deliver_ready(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let impatient = self.deliver_before_hearing_all;
        let members = cx.members(group);
        let state = self.group(group);
        while let Some(least) = state.pending.first_entry() {
            let clock = least.key().0;
            let heard_from = |p| state.heard.get(p).is_some_and(|heard| *heard >= clock);
            if !impatient && !members.iter().all(heard_from) {
                return;
            }
            cx.deliver(least.remove());
        }
    }
}

impl<M: Value, L: Layer<Payload = Stamped<M>>> Protocol for Lamport<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        if !cx.may_multicast(group) {
            return cx.refuse("multicast from outside the group");
        }
        let state = self.group(group);
        state.clock += 1;
        let stamped = Stamped::Data(state.clock, m);
        self.multicast_below(group, stamped, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Stamped<M>>, cx: &mut Cx<'_, M>) {
        let (group, j) = (received.group, received.from);
        let (by_arrival, raise) = (self.tie_break_by_arrival, !self.clock_not_raised_on_receipt);
        let state = self.group(group);
        let mut ack = None;
        match &received.message {
            Stamped::Data(clock, m) => {
                state.hear(j, *clock, raise);
                state.arrivals += 1;
                let tie_break = if by_arrival { state.arrivals } else { u64::from(j.0) };
                state.pending.insert((*clock, tie_break), received.with(m.clone()));
                // The clock is no less than that of m, unless the receipt has not raised it.
                let heard = state.clock.max(*clock);
                ack = (j != cx.me()).then_some(Stamped::Ack(heard));
            }
            Stamped::Ack(clock) => state.hear(j, *clock, raise),
        }
        if let Some(ack) = ack {
            self.multicast_below(group, ack, cx);
        }
        self.deliver_ready(group, cx);
    }

    fn recall(&mut self, memory: &mut Memory) {
        memory.holds(&self.groups);
    }
}

impl<M> Group<M> {
    fn new() -> Group<M> {
        Group { clock: 0, pending: BTreeMap::new(), heard: BTreeMap::new(), arrivals: 0 }
    }

    fn hear(&mut self, j: NodeId, clock: u64, raise: bool) {
        if raise {
            self.clock = self.clock.max(clock);
        }
        self.heard.insert(j, clock);
    }
}
