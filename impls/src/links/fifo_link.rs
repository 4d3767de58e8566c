//! Reliable FIFO links: perfect links that also keep the order of each link, by the numbers that
//! they give to messages and a hold-back queue (Cachin, Guerraoui & Rodrigues, *Introduction to
//! Reliable and Secure Distributed Programming*, 2011, section 2.4, for links; Coulouris et al.,
//! *Distributed Systems*, 5th ed., section 15.4.3, for the queue).
//!
//! ```text
//! upon <Init>:                          next := 0;  held_back := {}         // for each sender
//! upon <Send | q, m>:                   trigger <sl Send | q, (m, number)>  // until acknowledged
//! upon <fll Deliver | p, (m, number)>:
//!     if number < next                  trigger <fll Send | p, Ack(number)>
//!     else                              held_back := held_back + {(m, number)}
//!     while (m, next) in held_back      trigger <Deliver | p, m>;  next := next + 1
//!                                       trigger <fll Send | p, Ack(number of m)>
//! ```
//!
//! Assumes what perfect links assume. A sender that restarts counts from 0 in its new incarnation.
//! A receiver that restarts does not know what it had delivered: every message says what the
//! oldest is that is not acknowledged, and nothing older will come. That is why a message is
//! acknowledged when it is delivered, and not when it is held back: it comes again, and says
//! anew what the oldest is.

use crate::changed::{HARMLESS, changed};
use crate::claims::{FIFO, INTEGRITY, VALIDITY};
use crate::for_group::ForGroup;
use crate::in_order::InOrder;
use crate::links::FAIR_LOSS_AND_RESTARTS;
use crate::links::sealed::Sealed;
use crate::links::stubborn::{Packet, Stubborn};
use crate::multicast::basic::Basic;
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Stack, Value};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::{Claim, Cost, Flaw, Implementation, Proviso, Setup};
use pepperland_core::message::Message;
use std::collections::BTreeMap;

/// L3, under basic multicast.
pub const ENTRY: Implementation = Implementation {
    name: "fifo-link",
    number: "L3",
    statement: "reliable FIFO links over lossy ones, as basic multicast uses them",
    source: "Cachin, Guerraoui & Rodrigues 2011, 2.4; Coulouris et al. 2011, 15.4.3",
    claims: &[
        INTEGRITY,
        &[Claim::always("payload-integrity")],
        VALIDITY,
        FIFO,
        &[
            Claim::always("fifo-across-incarnations"),
            Claim::only("fifo-across-groups", Proviso::SeveralGroups),
        ],
    ],
    model: FAIR_LOSS_AND_RESTARTS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "reorder-after-retransmit",
            number: "PL4",
            statement: "a message that closes a gap is delivered after those that it held up",
            breaks: "fifo",
            keeps: &["no-creation", "no-duplication", "validity-all"],
            faults: "loss",
            workload: "burst",
            killer: include_str!("../../killers/reorder-after-retransmit.jsonl"),
        },
        Flaw {
            name: "ack-before-deliver",
            number: "PL1",
            statement: "a message is acknowledged when it is held back: its sender forgets it",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "fifo"],
            faults: "crash-recovery",
            workload: "steady",
            killer: include_str!("../../killers/fifo-link-ack-before-deliver.jsonl"),
        },
        Flaw {
            name: "ignore-oldest",
            number: "PL5",
            statement: "after its restart a receiver waits for what it had acknowledged before",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "fifo"],
            faults: "crash-recovery",
            workload: "steady",
            killer: include_str!("../../killers/ignore-oldest.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "2n", messages: |n| 2.0 * n, steps: 1, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(Basic::over(fifo_links::<ForGroup<Message>>(setup), setup)))
    },
};

/// Reliable FIFO links on a network of the scenario, for any stack to stand on.
pub fn fifo_links<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    FifoLink::over(Network::<Sealed<Packet<M>>>::payload(), setup)
}

/// Reliable FIFO links over fair-lossy ones.
pub struct FifoLink<M, L> {
    links: L,
    sent: Stubborn<M>,
    senders: BTreeMap<NodeId, Sender<M>>,
    reorder_after_retransmit: bool,
    ack_before_deliver: bool,
    ignore_oldest: bool,
}

/// What came from one incarnation of one sender.
struct Sender<M> {
    incarnation: u32,
    /// next and held_back.
    queue: InOrder<M>,
}

impl<M: Value, L> FifoLink<M, L> {
    /// Reliable FIFO links over these.
    pub fn over(links: L, setup: &Setup<'_>) -> FifoLink<M, L> {
        FifoLink {
            links,
            sent: Stubborn::new(false),
            senders: BTreeMap::new(),
            reorder_after_retransmit: setup.flawed("reorder-after-retransmit"),
            ack_before_deliver: setup.flawed("ack-before-deliver"),
            ignore_oldest: setup.flawed("ignore-oldest"),
        }
    }

    /// The state of this incarnation of a sender; none, if a later one has been heard from.
    fn sender(&mut self, p: NodeId, incarnation: u32) -> Option<&mut Sender<M>> {
        let sender = self.senders.entry(p).or_insert_with(|| Sender::new(incarnation));
        if incarnation > sender.incarnation {
            *sender = Sender::new(incarnation);
        }
        (incarnation == sender.incarnation).then_some(sender)
    }
}

impl<M: Value, L: Layer<Payload = Sealed<Packet<M>>>> FifoLink<M, L> {
    fn acknowledge(&mut self, p: NodeId, (incarnation, number): (u32, u64), cx: &mut Cx<'_, M>) {
        self.send_below(p, Sealed::new(Packet::Ack { incarnation, number }), cx);
    }
}

impl<M: Value, L: Layer<Payload = Sealed<Packet<M>>>> Protocol for FifoLink<M, L> {
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
        for data in self.sent.again(NodeId(q), cx) {
            self.send_below(NodeId(q), Sealed::new(data), cx);
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Sealed<Packet<M>>>, cx: &mut Cx<'_, M>) {
        let p = received.from;
        match received.message.clone().open() {
            Some(Packet::Data { incarnation, number, oldest, m }) => {
                let (gap_last, ack_early) =
                    (self.reorder_after_retransmit, self.ack_before_deliver);
                let oldest = if self.ignore_oldest { 0 } else { oldest };
                let Some(sender) = self.sender(p, incarnation) else { return };
                let again = !sender.queue.place(number, m);
                let mut ready = sender.take_ready(oldest);
                if gap_last && !ready.is_empty() {
                    ready.rotate_left(1);
                }
                if again || ack_early {
                    self.acknowledge(p, (incarnation, number), cx);
                }
                for (number, m) in ready {
                    cx.deliver(received.with(m));
                    if !ack_early {
                        self.acknowledge(p, (incarnation, number), cx);
                    }
                }
            }
            Some(Packet::Ack { incarnation, number }) => {
                self.sent.acknowledged(p, (incarnation, number), cx);
            }
            None => {}
        }
    }
}

impl<M> Sender<M> {
    fn new(incarnation: u32) -> Sender<M> {
        Sender { incarnation, queue: InOrder::default() }
    }

    /// What need not wait any longer, in order: nothing older than `oldest` will come.
    fn take_ready(&mut self, oldest: u64) -> Vec<(u64, M)> {
        let mut ready: Vec<(u64, M)> = self.queue.skip_to(oldest).into_iter().collect();
        loop {
            let number = self.queue.next();
            let Some(m) = self.queue.take_next() else { return ready };
            ready.push((number, m));
        }
    }
}
