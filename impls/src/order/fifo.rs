//! FIFO multicast by sequence numbers and a hold-back queue (Hadzilacos and Toueg 1994; Coulouris
//! et al., *Distributed Systems*, 5th ed., section 15.4.3).
//!
//! ```text
//! S(g) at p:    how many messages p has multicast to g
//! R(q, g) at p: the number of the next message from q in g that p delivers
//! To FO-multicast(g, m):             multicast(g, (m, S));  S := S + 1
//! On deliver((m, S)) from q:
//!     if S = R(q)    FO-deliver m;  R(q) := R(q) + 1;  look into the hold-back queue again
//!     if S > R(q)    put m in the hold-back queue
//!     if S < R(q)    m was delivered before: drop it
//! ```
//!
//! Assumes what the layer below assumes; over reliable multicast the result is reliable FIFO
//! multicast, over basic multicast it is FIFO alone. Departs from the source: R counts the next
//! number, not the last, so that message 0 is not taken for an old one.
//!
//! The numbers are the origin's, and relays below leave them alone. A relayer's own numbers would
//! do as well if they counted on its links and no further (reliable multicast over FIFO): the first
//! copy of a message comes by some path, on each link of which earlier ones of its sender came
//! before. A relayer's number in place of the origin's is the flaw.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, FIFO, INTEGRITY, VALIDITY};
use crate::in_order::InOrder;
use crate::multicast::basic::basic;
use crate::multicast::reliable::{Relayed, Reliable, reliable};
use pepperland_core::contract::{Cx, Delivery, Layer, Memory, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{
    Break, Control, Cost, Flaw, Groups, Implementation, Model, Setup,
};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O1 over M2.
pub const OVER_RELIABLE: Implementation = Implementation {
    name: "fifo",
    number: "O1",
    statement: "reliable FIFO multicast: sequence numbers and a hold-back queue",
    source: "Hadzilacos & Toueg 1994; Coulouris et al. 2011, 15.4.3",
    claims: &[INTEGRITY, VALIDITY, AGREEMENT, FIFO],
    model: Model { groups: Groups::Open, ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        NO_HOLD_BACK_QUEUE,
        SKIP_GAPS,
        SEQUENCE_NUMBER_WRAPS,
        COUNTERS_PER_RECEIVER,
        Flaw {
            name: "relays-restamp",
            number: "F5",
            statement: "a relay carries the relayer's count of multicasts in place of the origin's",
            breaks: "fifo",
            keeps: &["no-creation", "no-duplication"],
            faults: "none",
            workload: "burst",
            killer: include_str!("../../killers/relays-restamp.jsonl"),
        },
    ],
    controls: &[
        HARMLESS,
        &[Control {
            name: "fifo-below-relays",
            number: "Z6",
            statement: "reliable above FIFO instead of FIFO above reliable: relays carry the \
                        numbers of the relayer",
        }],
    ],
    breaks: &[Break {
        name: "answer-before-its-question",
        property: "causal",
        statement: "an answer reaches a reader before the post it answers: they are of two senders",
        faults: "none",
        workload: "bulletin-board",
        killer: include_str!("../../killers/answer-before-its-question.jsonl"),
    }],
    cost: Some(Cost { formula: "n²", messages: |n| n * n, steps: 1, note: "" }),
    build: |setup| match setup.flaw {
        Some("fifo-below-relays") => {
            Stack::node(Reliable::over(fifo_basic::<Relayed<Message>>(setup), setup))
        }
        Some("relays-restamp") => {
            let relays =
                Restamping { lower: basic::<Relayed<Sequenced<Message>>>(setup), count: 0 };
            Stack::node(Fifo::over(Reliable::over(relays, setup), setup))
        }
        _ => {
            let fifo = Fifo::over(reliable::<Sequenced<Message>>(setup), setup);
            changed(setup, Stack::node(fifo))
        }
    },
};

/// O1 over M1.
pub const OVER_BASIC: Implementation = Implementation {
    name: "fifo-basic",
    number: "O1",
    statement: "FIFO order over basic multicast",
    source: "Coulouris et al. 2011, 15.4.3",
    claims: &[INTEGRITY, VALIDITY, FIFO],
    model: Model { groups: Groups::Open, ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        NO_HOLD_BACK_QUEUE_OVER_BASIC,
        SKIP_GAPS,
        SEQUENCE_NUMBER_WRAPS,
        COUNTERS_PER_RECEIVER,
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(fifo_basic::<Message>(setup))),
};

const NO_HOLD_BACK_QUEUE: Flaw = Flaw {
    name: "no-hold-back-queue",
    number: "F1",
    statement: "a message is delivered on arrival, whatever its number",
    breaks: "fifo",
    keeps: &["no-creation", "no-duplication", "validity-all"],
    faults: "none",
    workload: "steady",
    killer: include_str!("../../killers/no-hold-back-queue.jsonl"),
};

const SKIP_GAPS: Flaw = Flaw {
    name: "skip-gaps",
    number: "F2",
    statement: "a number greater than the expected one is delivered as if it were the next",
    breaks: "fifo",
    keeps: &["no-creation", "no-duplication"],
    faults: "none",
    workload: "steady",
    killer: include_str!("../../killers/skip-gaps.jsonl"),
};

const SEQUENCE_NUMBER_WRAPS: Flaw = Flaw {
    name: "sequence-number-wraps",
    number: "F4",
    statement: "S is sent in 2 bits, 8 or 16 in the wild: what comes after the last number is old",
    breaks: "validity-all",
    keeps: &["no-creation", "no-duplication", "fifo"],
    faults: "none",
    workload: "single-sender",
    killer: include_str!("../../killers/sequence-number-wraps.jsonl"),
};

const COUNTERS_PER_RECEIVER: Flaw = Flaw {
    name: "counters-per-receiver-not-per-group",
    number: "F3",
    statement: "a receiver counts a sender's messages of all groups together",
    breaks: "fifo",
    keeps: &["no-creation", "no-duplication"],
    faults: "none",
    workload: "overlapping",
    killer: include_str!("../../killers/counters-per-receiver-not-per-group.jsonl"),
};

/// Over basic multicast the queue is what tells a second copy, too.
const NO_HOLD_BACK_QUEUE_OVER_BASIC: Flaw =
    Flaw { keeps: &["no-creation", "validity-all"], ..NO_HOLD_BACK_QUEUE };

/// FIFO order over basic multicast, which is all that order within one sender's links needs.
pub fn fifo_basic<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Fifo::over(basic::<Sequenced<M>>(setup), setup)
}

/// A message with its sender's count.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sequenced<M> {
    number: u64,
    m: M,
}

/// FIFO multicast.
pub struct Fifo<M, L> {
    lower: L,
    /// S, for each group.
    sent: BTreeMap<GroupId, u64>,
    /// R and the hold-back queue, for each sender in each group.
    senders: BTreeMap<(GroupId, NodeId), InOrder<M>>,
    no_hold_back_queue: bool,
    skip_gaps: bool,
    sequence_number_wraps: bool,
    counters_per_receiver: bool,
}

impl<M, L> Fifo<M, L> {
    /// FIFO order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> Fifo<M, L> {
        Fifo {
            lower,
            sent: BTreeMap::new(),
            senders: BTreeMap::new(),
            no_hold_back_queue: setup.flawed("no-hold-back-queue"),
            skip_gaps: setup.flawed("skip-gaps"),
            sequence_number_wraps: setup.flawed("sequence-number-wraps"),
            counters_per_receiver: setup.flawed("counters-per-receiver-not-per-group"),
        }
    }
}

impl<M: Value, L: Layer<Payload = Sequenced<M>>> Protocol for Fifo<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let sent = self.sent.entry(group).or_default();
        let number = if self.sequence_number_wraps { *sent % 4 } else { *sent };
        *sent += 1;
        self.multicast_below(group, Sequenced { number, m }, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Sequenced<M>>, cx: &mut Cx<'_, M>) {
        let group = if self.counters_per_receiver { GroupId::ALL } else { received.group };
        let sender = self.senders.entry((group, received.from)).or_default();
        let Sequenced { number, m } = received.message.clone();
        if self.no_hold_back_queue {
            return cx.deliver(received.with(m));
        }
        sender.place(number, m);
        if self.skip_gaps {
            sender.skip_to(number);
        }
        while let Some(m) = sender.take_next() {
            // A place in an order below is none in this one.
            cx.deliver(Delivery { slot: None, ..received.with(m) });
        }
    }

    fn recall(&mut self, memory: &mut Memory) {
        memory.holds(&(&self.sent, &self.senders));
    }
}

/// What the flaw `relays-restamp` puts below the relays.
struct Restamping<L> {
    lower: L,
    count: u64,
}

impl<M: Value, L: Layer<Payload = Relayed<Sequenced<M>>>> Protocol for Restamping<L> {
    type Payload = Relayed<Sequenced<M>>;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, mut m: L::Payload, cx: &mut Cx<'_, L::Payload>) {
        match &mut m {
            Relayed::Multicast { name, m } if name.origin != cx.me() => m.number = self.count,
            _ => {}
        }
        self.count += 1;
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<L::Payload>, cx: &mut Cx<'_, L::Payload>) {
        cx.deliver(received);
    }
}
