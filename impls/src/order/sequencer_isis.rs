//! Total order by a coordinator inside the group that announces the order periodically, of all
//! messages that have come since (lecture slides on group communication, "ISIS sequencer"; Birman,
//! Schiper and Stephenson 1991 order ABCAST so, by the holder of a token).
//!
//! ```text
//! Member p.      On initialization:          r := 0
//! To TO-multicast m to group g:              multicast(g, (m, i))
//! On deliver((m, i)):                        place (m, i) in hold-back queue
//! On deliver(("order", (i1, ..., ik), S)):   i1 has number S, i2 has S + 1, ...
//!                                            while number r is known and its m in the queue:
//!                                                TO-deliver m;  r := r + 1
//! Coordinator.   On initialization:          s := 0
//! Every period:                              I := the messages in the queue without a number
//!                                            multicast(g, ("order", I, s));  s := s + |I|
//! ```
//!
//! Assumes reliable multicast below, and a coordinator (the first member) that does not crash.
//! Departs from the source: a period begins when a message comes that has no number, so that
//! nothing is announced while there is nothing to order.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, INTEGRITY, ORDER};
use crate::multicast::reliable::reliable;
use crate::naming::Naming;
use crate::order::hold_back::{
    HoldBack, IGNORE_SEQUENCE_NUMBERS, Numbers, ORDER_BEFORE_DATA, SKIP_WAIT, Switches,
};
use crate::order::sequencer::VALIDITY_WHILE_THE_SEQUENCER_LIVES;
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId};
use pepperland_core::implementation::{Break, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O5b.
pub const ENTRY: Implementation = Implementation {
    name: "sequencer-isis",
    number: "O5b",
    statement: "total order by a member that announces the order of many messages periodically",
    source: "lecture slides; Birman, Schiper & Stephenson 1991",
    claims: &[INTEGRITY, VALIDITY_WHILE_THE_SEQUENCER_LIVES, AGREEMENT, ORDER],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        IGNORE_SEQUENCE_NUMBERS,
        ORDER_BEFORE_DATA,
        SKIP_WAIT,
        Flaw {
            name: "own-order-in-batch",
            number: "T22",
            statement: "the messages of one announcement are numbered as they arrived here",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "burst",
            killer: include_str!("../../killers/own-order-in-batch.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "coordinator-crashes",
        property: "validity-all",
        statement: "once the coordinator has crashed, nothing is ordered any more",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/coordinator-crashes.jsonl"),
    }],
    cost: Some(Cost { formula: "2n²", messages: |n| 2.0 * n * n, steps: 2, note: "" }),
    build: |setup| {
        let below = reliable::<Announced<Message>>(setup);
        changed(setup, Stack::node(SequencerIsis::over(below, setup)))
    },
};

/// How long the coordinator collects messages before it announces their order.
const PERIOD: Span = Span::millis(20);

/// What is multicast below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Announced<M> {
    /// `(m, i)`.
    Data(MessageId, M),
    /// `("order", (i1, ..., ik), S)`.
    Order(Vec<MessageId>, u64),
}

/// Total order by a coordinator.
pub struct SequencerIsis<M, L> {
    lower: L,
    naming: Naming,
    groups: BTreeMap<GroupId, Group<M>>,
    switches: Switches,
    own_order_in_batch: bool,
}

/// The state of one group.
struct Group<M> {
    /// r and the hold-back queue.
    held_back: HoldBack<M>,
    /// s, at the coordinator.
    numbers: Numbers,
    /// I, in the order of arrival; kept at other members for the flaw alone.
    arrived: Vec<MessageId>,
}

impl<M, L> SequencerIsis<M, L> {
    /// Total order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> SequencerIsis<M, L> {
        SequencerIsis {
            lower,
            naming: Naming::default(),
            groups: BTreeMap::new(),
            switches: Switches::of(setup),
            own_order_in_batch: setup.flawed("own-order-in-batch"),
        }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        let switches = self.switches;
        self.groups.entry(group).or_insert_with(|| Group {
            held_back: HoldBack::new(switches),
            numbers: Numbers::default(),
            arrived: Vec::new(),
        })
    }
}

impl<M: Value, L: Layer<Payload = Announced<M>>> SequencerIsis<M, L> {
    fn place(&mut self, group: GroupId, (i, m): (MessageId, M), cx: &mut Cx<'_, M>) {
        let coordinates = cx.members(group).first() == Some(&cx.me());
        let notes_arrival = coordinates || self.own_order_in_batch;
        let state = self.group(group);
        if coordinates && state.arrived.is_empty() {
            cx.set_timer(group.0, PERIOD);
        }
        state.held_back.place(i, m);
        if notes_arrival {
            state.arrived.push(i);
        }
    }

    fn follow(&mut self, group: GroupId, (mut batch, first): (Vec<MessageId>, u64)) {
        let own_order = self.own_order_in_batch;
        let state = self.group(group);
        if own_order {
            let place = |i: &MessageId| state.arrived.iter().position(|arrived| arrived == i);
            batch.sort_by_key(|i| place(i).unwrap_or(usize::MAX));
        }
        for (i, number) in batch.into_iter().zip(first..) {
            state.held_back.order(i, number);
        }
    }
}

impl<M: Value, L: Layer<Payload = Announced<M>>> Protocol for SequencerIsis<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let i = self.naming.next(cx);
        self.multicast_below(group, Announced::Data(i, m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Announced<M>>, cx: &mut Cx<'_, M>) {
        let group = received.group;
        match received.message {
            Announced::Data(i, m) => self.place(group, (i, m), cx),
            Announced::Order(batch, first) => self.follow(group, (batch, first)),
        }
        while let Some((number, i, m)) = self.group(group).held_back.take_ready() {
            cx.deliver(Delivery { from: i.origin, group, message: m, slot: Some(number) });
        }
    }

    /// Every period, at the coordinator.
    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, M>) {
        let group = GroupId(tag);
        let state = self.group(group);
        let batch = std::mem::take(&mut state.arrived);
        let first = state.numbers.take(batch.len() as u64);
        self.multicast_below(group, Announced::Order(batch, first), cx);
    }
}
