//! Eager reliable multicast: whoever receives a message for the first time relays it to all
//! before delivering it (Hadzilacos and Toueg 1994; Coulouris et al., *Distributed Systems*,
//! 5th ed., section 15.4.2). N² messages.
//!
//! ```text
//! On initialization:               Received := {}
//! To R-multicast m to group g:     B-multicast(g, m)      // p in g is a destination as well
//! On B-deliver(m) at q, g = group(m):
//!     if m not in Received then
//!         Received := Received + {m}
//!         if q != p then B-multicast(g, m)
//!         R-deliver m
//! ```
//!
//! Assumes a perfect channel and crash-stop failures. Agreement is uniform only where completed
//! sends survive the sender's crash: relay-then-deliver says nothing of what is still in flight.

use crate::changed::{DIES_OF_A_FAULT, HARMLESS, changed};
use crate::claims::{AGREEMENT, INTEGRITY, VALIDITY};
use crate::multicast::basic::basic;
use crate::naming::Naming;
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Layer, Memory, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Break, Cost, Flaw, Groups, Implementation, Model, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};

/// M2.
pub const ENTRY: Implementation = Implementation {
    name: "reliable",
    number: "M2",
    statement: "eager reliable multicast: relay on first receipt, then deliver",
    source: "Hadzilacos & Toueg 1994; Coulouris et al. 2011, 15.4.2",
    claims: &[INTEGRITY, VALIDITY, AGREEMENT],
    model: Model { groups: Groups::Open, ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "no-relay",
            number: "R1",
            statement: "a received message is not relayed: best effort sold as reliable",
            breaks: "agreement",
            keeps: &["no-creation", "no-duplication", "validity-self", "validity-all"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/no-relay.jsonl"),
        },
        Flaw {
            name: "deliver-before-relay",
            number: "R2",
            statement: "a message is delivered before it is relayed",
            breaks: "uniform-agreement",
            keeps: &["no-creation", "no-duplication", "validity-self", "agreement"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/deliver-before-relay.jsonl"),
        },
        Flaw {
            name: "relay-tests-relayer",
            number: "R3",
            statement: "only what comes from its sender is relayed: relays stop after one hop",
            breaks: "agreement",
            keeps: &["no-creation", "no-duplication", "validity-self", "validity-all"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/relay-tests-relayer.jsonl"),
        },
        DIES_OF_A_FAULT,
    ],
    controls: &[HARMLESS],
    breaks: &[
        Break {
            name: "overtaken",
            property: "fifo",
            statement: "of two messages of one sender, the second overtakes the first",
            faults: "none",
            workload: "bulletin-board",
            killer: include_str!("../../killers/overtaken.jsonl"),
        },
        Break {
            name: "sends-die-with-the-sender",
            property: "uniform-agreement",
            statement: "a node relays, delivers and crashes, and what it had sent is lost with it",
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/sends-die-with-the-sender.jsonl"),
        },
    ],
    cost: Some(Cost { formula: "n²", messages: |n| n * n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(reliable::<Message>(setup))),
};

/// The layer over basic multicast.
pub fn reliable<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Reliable::over(basic::<Relayed<M>>(setup), setup)
}

/// What is multicast below: the message with the name by which it is known again, or a message
/// for one node alone, which nobody relays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Relayed<M> {
    /// A multicast.
    Multicast {
        /// Its name in `Received`.
        name: MessageId,
        /// The message.
        m: M,
    },
    /// A message for one node.
    Single(M),
}

impl<M: Value> Relayed<M> {
    /// The name of a multicast, and what it delivers. A message for one node is delivered at once.
    pub fn open<'a>(
        received: &'a Delivery<Relayed<M>>,
        cx: &mut Cx<'_, M>,
    ) -> Option<(MessageId, Delivery<&'a M>)> {
        match &received.message {
            Relayed::Multicast { name, m } => {
                let (from, group) = (name.origin, received.group);
                Some((*name, Delivery { from, group, message: m, slot: None }))
            }
            Relayed::Single(m) => {
                cx.deliver(received.with(m.clone()));
                None
            }
        }
    }
}

/// Eager reliable multicast.
pub struct Reliable<L> {
    lower: L,
    received: Set<MessageId>,
    naming: Naming,
    no_relay: bool,
    deliver_before_relay: bool,
    relay_tests_relayer: bool,
}

impl<L> Reliable<L> {
    /// Reliable multicast over a basic one.
    pub fn over(lower: L, setup: &Setup<'_>) -> Reliable<L> {
        Reliable {
            lower,
            received: Set::default(),
            naming: Naming::default(),
            no_relay: setup.flawed("no-relay"),
            deliver_before_relay: setup.flawed("deliver-before-relay"),
            relay_tests_relayer: setup.flawed("relay-tests-relayer"),
        }
    }
}

impl<M: Value, L: Layer<Payload = Relayed<M>>> Protocol for Reliable<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let name = self.naming.next(cx);
        self.multicast_below(group, Relayed::Multicast { name, m }, cx);
    }

    fn send(&mut self, to: NodeId, m: M, cx: &mut Cx<'_, M>) {
        self.send_below(to, Relayed::Single(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Relayed<M>>, cx: &mut Cx<'_, M>) {
        let Some((name, delivery)) = Relayed::open(&received, cx) else { return };
        if !self.received.insert(name) {
            return;
        }
        let delivery = delivery.cloned();
        if self.deliver_before_relay {
            cx.deliver(delivery.clone());
        }
        let stops = self.no_relay || self.relay_tests_relayer && received.from != name.origin;
        if cx.me() != name.origin && !stops {
            self.multicast_below(received.group, received.message, cx);
        }
        if !self.deliver_before_relay {
            cx.deliver(delivery);
        }
    }

    fn recall(&mut self, memory: &mut Memory) {
        memory.holds_all(&self.received);
        memory.holds(&self.naming);
    }
}
