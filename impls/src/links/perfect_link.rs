//! Perfect links over fair-lossy ones: retransmit, acknowledge, eliminate duplicates (Cachin,
//! Guerraoui & Rodrigues, *Introduction to Reliable and Secure Distributed Programming*, 2011,
//! section 2.4, algorithms 2.1 and 2.2).
//!
//! ```text
//! upon <Init>:                  delivered := {}
//! upon <Send | q, m>:           trigger <sl Send | q, m>              // again until acknowledged
//! upon <fll Deliver | p, m>:    trigger <fll Send | p, Ack(m)>
//!                               if m not in delivered then
//!                                   delivered := delivered + {m}
//!                                   trigger <Deliver | p, m>
//! ```
//!
//! Assumes that what is sent again and again arrives in the end, and nothing of time. A frame whose
//! checksum is wrong is as good as lost. Nodes may crash and come back with nothing: a message is
//! known by its sender's incarnation and its number, and what an earlier incarnation of the sender
//! sent is dropped once a later one has been heard from.
//!
//! Departs from the source: it acknowledges, so that retransmission ends; and `delivered` forgets
//! what the sender says is acknowledged, and keeps the bound below which that is so.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY};
use crate::for_group::ForGroup;
use crate::links::FAIR_LOSS_AND_RESTARTS;
use crate::links::sealed::Sealed;
use crate::links::stubborn::{Packet, Stubborn};
use crate::multicast::basic::Basic;
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Stack, Value};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Setup};
use pepperland_core::message::Message;
use std::collections::{BTreeMap, BTreeSet};

/// L1, under basic multicast.
pub const ENTRY: Implementation = Implementation {
    name: "perfect-link",
    number: "L1",
    statement: "perfect links over lossy ones, as basic multicast uses them",
    source: "Cachin, Guerraoui & Rodrigues 2011, 2.4",
    claims: &[INTEGRITY, &[Claim::always("payload-integrity")], VALIDITY],
    model: FAIR_LOSS_AND_RESTARTS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "no-dedup",
            number: "R7",
            statement: "what is delivered is not remembered",
            breaks: "no-duplication",
            keeps: &["no-creation", "validity-self", "validity-all", "validity-some"],
            faults: "duplicate",
            workload: "steady",
            killer: include_str!("../../killers/no-dedup.jsonl"),
        },
        Flaw {
            name: "ack-before-deliver",
            number: "PL1",
            statement: "a frame is acknowledged before its checksum is looked at",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "validity-self"],
            faults: "corrupt",
            workload: "steady",
            killer: include_str!("../../killers/ack-before-deliver.jsonl"),
        },
        Flaw {
            name: "no-retransmission",
            number: "PL2",
            statement: "nothing is sent again",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "validity-self"],
            faults: "loss",
            workload: "steady",
            killer: include_str!("../../killers/no-retransmission.jsonl"),
        },
        Flaw {
            name: "no-incarnation",
            number: "R6",
            statement: "a message is known by its number alone, which starts anew after a restart",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication"],
            faults: "crash-recovery",
            workload: "steady",
            killer: include_str!("../../killers/perfect-link-no-incarnation.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "sender-crashes",
        property: "agreement",
        statement: "a link loses nothing while its sender lives; one that crashes between two of \
                    its sends leaves some members without the message",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/perfect-link-sender-crashes.jsonl"),
    }],
    cost: Some(Cost { formula: "2n", messages: |n| 2.0 * n, steps: 1, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(Basic::over(perfect_links::<ForGroup<Message>>(setup), setup)))
    },
};

/// Perfect links on a network of the scenario, for any stack to stand on.
pub fn perfect_links<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    PerfectLink::over(Network::<Sealed<Packet<M>>>::payload(), setup)
}

/// Perfect links over fair-lossy ones.
pub struct PerfectLink<M, L> {
    links: L,
    sent: Stubborn<M>,
    delivered: BTreeMap<NodeId, Delivered>,
    no_dedup: bool,
    ack_before_deliver: bool,
    no_retransmission: bool,
}

/// What was delivered of one incarnation of one sender.
#[derive(Default)]
struct Delivered {
    incarnation: u32,
    /// Everything below this.
    below: u64,
    /// And these.
    numbers: BTreeSet<u64>,
}

impl<M: Value, L> PerfectLink<M, L> {
    /// Perfect links over these.
    pub fn over(links: L, setup: &Setup<'_>) -> PerfectLink<M, L> {
        PerfectLink {
            links,
            sent: Stubborn::new(setup.flawed("no-incarnation")),
            delivered: BTreeMap::new(),
            no_dedup: setup.flawed("no-dedup"),
            ack_before_deliver: setup.flawed("ack-before-deliver"),
            no_retransmission: setup.flawed("no-retransmission"),
        }
    }
}

impl<M: Value, L: Layer<Payload = Sealed<Packet<M>>>> PerfectLink<M, L> {
    fn acknowledge(&mut self, p: NodeId, packet: &Packet<M>, cx: &mut Cx<'_, M>) {
        if let Packet::Data { incarnation, number, .. } = *packet {
            self.send_below(p, Sealed::new(Packet::Ack { incarnation, number }), cx);
        }
    }
}

impl<M: Value, L: Layer<Payload = Sealed<Packet<M>>>> Protocol for PerfectLink<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.links
    }

    fn send(&mut self, q: NodeId, m: M, cx: &mut Cx<'_, M>) {
        let data = self.sent.keep(q, m, cx);
        self.send_below(q, Sealed::new(data), cx);
    }

    fn upon_timeout(&mut self, q: u32, cx: &mut Cx<'_, M>) {
        if self.no_retransmission {
            return;
        }
        for data in self.sent.again(NodeId(q), cx) {
            self.send_below(NodeId(q), Sealed::new(data), cx);
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Sealed<Packet<M>>>, cx: &mut Cx<'_, M>) {
        let p = received.from;
        if self.ack_before_deliver {
            self.acknowledge(p, received.message.unchecked(), cx);
        }
        let Some(packet) = received.message.clone().open() else { return };
        if !self.ack_before_deliver {
            self.acknowledge(p, &packet, cx);
        }
        match packet {
            Packet::Data { incarnation, number, oldest, m } => {
                let delivered = self.delivered.entry(p).or_default();
                if delivered.insert(incarnation, number, oldest) || self.no_dedup {
                    cx.deliver(received.with(m));
                }
            }
            Packet::Ack { incarnation, number } => {
                self.sent.acknowledged(p, (incarnation, number), cx);
            }
        }
    }
}

impl Delivered {
    /// Whether the message is new.
    fn insert(&mut self, incarnation: u32, number: u64, oldest: u64) -> bool {
        if incarnation > self.incarnation {
            *self = Delivered { incarnation, ..Delivered::default() };
        }
        let new =
            incarnation == self.incarnation && number >= self.below && self.numbers.insert(number);
        if incarnation == self.incarnation && oldest > self.below {
            self.below = oldest;
            self.numbers = self.numbers.split_off(&oldest);
        }
        new
    }
}
