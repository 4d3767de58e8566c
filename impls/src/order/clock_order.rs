//! Total order by synchronised physical clocks: a message carries the instant of its multicast,
//! and everybody delivers by that instant once nothing earlier can be on its way (the lecture that
//! the catalogue follows, slides 91 and 92; Lamport, *Time, Clocks, and the Ordering of Events in a
//! Distributed System*, CACM 21(7), 1978, speaks of physical clocks as well).
//!
//! ```text
//! To multicast m:                multicast m(id, ts), ts := clock
//! On receive m(id, ts):          pending += m(id, ts)
//! Deliver m(id, ts) when it is the least pending by (ts, id) and clock >= ts + delta + epsilon
//! ```
//!
//! Assumes a perfect channel whose messages take at most delta, clocks that differ by at most
//! epsilon, and nodes that never stand still: beyond any of these a message may come when later
//! ones have been delivered. A sender that crashes between two of its sends leaves some members
//! without the message: agreement is not claimed where nodes crash.
//!
//! Departs from the lecture, which has no wait: its clocks are perfect and its figure shows all
//! messages received. Of two messages of one sender at one instant, the first counts as earlier.

use crate::changed::{SHUFFLES_SENDS, changed};
use crate::claims::{INTEGRITY, VALIDITY};
use crate::multicast::basic::basic;
use crate::naming::Naming;
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::fault::Fault;
use pepperland_core::id::{GroupId, MessageId};
use pepperland_core::implementation::{
    Break, Claim, Cost, Flaw, Implementation, Model, Proviso, Setup,
};
use pepperland_core::message::Message;
use pepperland_core::time::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far two clocks may be apart.
const EPSILON: Span = Span::millis(5);

/// O9.
pub const ENTRY: Implementation = Implementation {
    name: "clock-order",
    number: "O9",
    statement: "total order by synchronised clocks: deliver when nothing earlier can come",
    source: "Lamport 1978",
    claims: &[
        INTEGRITY,
        VALIDITY,
        &[
            Claim::only("agreement", Proviso::NobodyCrashes),
            Claim::only("fifo", Proviso::SendsSurvive),
            Claim::only("causal", Proviso::NobodyCrashes),
            Claim::always("uniform-causal-order"),
            Claim::only("total-order", Proviso::InTime),
            Claim::only("uniform-total-order", Proviso::InTime),
            Claim::only("prefix-order", Proviso::Calm),
            Claim::only("chronological-order", Proviso::InTime),
        ],
    ],
    model: Model {
        tolerates: &[Fault::Crash],
        timing: "synchronous",
        latency_bound: Some(Span::seconds(1)),
        ..Model::ASYNCHRONOUS
    },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "zero-wait",
        number: "T26",
        statement: "the least pending message is delivered at once",
        breaks: "uniform-total-order",
        keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
        faults: "none",
        workload: "steady",
        killer: include_str!("../../killers/zero-wait.jsonl"),
    }],
    controls: &[&[SHUFFLES_SENDS]],
    breaks: &[
        Break {
            name: "late-message",
            property: "uniform-total-order",
            statement: "a message that takes longer than delta comes when its turn is over",
            faults: "delay",
            workload: "steady",
            killer: include_str!("../../killers/late-message.jsonl"),
        },
        Break {
            name: "clock-skew",
            property: "chronological-order",
            statement: "a clock that is slow by more than epsilon dates its messages too early",
            faults: "clock",
            workload: "steady",
            killer: include_str!("../../killers/clock-skew.jsonl"),
        },
        Break {
            name: "pause",
            property: "uniform-total-order",
            statement: "a node that stood still finds its clock past every date, and delivers \
                        what it takes up first",
            faults: "pause",
            workload: "steady",
            killer: include_str!("../../killers/pause.jsonl"),
        },
    ],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(ClockOrder::over(basic::<Dated<Message>>(setup), setup)))
    },
};

/// `m(id, ts)`; the name says the sender and which of its messages it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dated<M> {
    ts: Time,
    name: MessageId,
    m: M,
}

/// Total order by synchronised clocks.
pub struct ClockOrder<M, L> {
    lower: L,
    naming: Naming,
    /// By date, then by sender. The order is one of all groups, so they share it.
    pending: BTreeMap<(Time, MessageId), Delivery<M>>,
    /// The greatest latency.
    delta: Span,
    zero_wait: bool,
}

impl<M, L> ClockOrder<M, L> {
    /// Total order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> ClockOrder<M, L> {
        ClockOrder {
            lower,
            naming: Naming::default(),
            pending: BTreeMap::new(),
            delta: setup.max_latency,
            zero_wait: setup.flawed("zero-wait"),
        }
    }

    /// When everything earlier than `ts` has come, by any clock.
    fn due(&self, ts: Time) -> Time {
        ts + self.delta + EPSILON
    }
}

/// The timer for the least pending message.
const LEAST_IS_DUE: u32 = 0;

impl<M: Value, L: Layer<Payload = Dated<M>>> ClockOrder<M, L> {
    fn deliver_due(&mut self, cx: &mut Cx<'_, M>) {
        while let Some((ts, _)) = self.pending.first_key_value().map(|(key, _)| *key) {
            let wait = self.due(ts).since(cx.now());
            if wait > Span::ZERO && !self.zero_wait {
                return cx.set_timer(LEAST_IS_DUE, wait);
            }
            if let Some((_, delivery)) = self.pending.pop_first() {
                cx.deliver(delivery);
            }
        }
    }
}

impl<M: Value, L: Layer<Payload = Dated<M>>> Protocol for ClockOrder<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let (ts, name) = (cx.now(), self.naming.next(cx));
        self.multicast_below(group, Dated { ts, name, m }, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Dated<M>>, cx: &mut Cx<'_, M>) {
        let Dated { ts, name, m } = received.message.clone();
        self.pending.insert((ts, name), received.with(m));
        self.deliver_due(cx);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        self.deliver_due(cx);
    }
}
