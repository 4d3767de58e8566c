//! Uniform reliable multicast: a message is delivered once enough members are known to have it
//! (Cachin, Guerraoui & Rodrigues 2011, 3.4: *Majority-Ack Uniform Reliable Broadcast*; *All-Ack*
//! in [`uniform_all_ack`](crate::multicast::uniform_all_ack)). N² messages, two steps.
//!
//! ```text
//! On initialization:               delivered := {};  pending := {};  for all m: ack[m] := {}
//! To URB-multicast m:              pending := pending + {(self, m)};  multicast (data, self, m)
//! On deliver (data, s, m) from p:  ack[m] := ack[m] + {p}
//!                                  if (s, m) not in pending then
//!                                      pending := pending + {(s, m)};  multicast (data, s, m)
//! candeliver(m):                   |ack[m]| > N/2
//! When (s, m) in pending, candeliver(m) and m not in delivered:
//!                                  delivered := delivered + {m};  URB-deliver m
//! ```
//!
//! Assumes a perfect channel and that a majority is correct. Then one of those who acknowledged is
//! correct and has sent the message to all: agreement is uniform even if what others sent dies with
//! them. Departs from the source: a node counts itself in `ack[m]` as soon as it has multicast the
//! message, not when its own copy comes back. Any number greater than that of the nodes that may
//! fail would do for agreement: half of an even group is enough, half of an odd one, rounded down,
//! is one too few.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, UNIFORM_AGREEMENT, VALIDITY};
use crate::multicast::basic::basic;
use crate::multicast::reliable::Relayed;
use crate::naming::Naming;
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Break, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// M6.
pub const ENTRY: Implementation = Implementation {
    name: "uniform",
    number: "M6",
    statement: "uniform reliable multicast: deliver what a majority is known to have",
    source: "Cachin, Guerraoui & Rodrigues 2011, 3.4",
    claims: &[INTEGRITY, VALIDITY, UNIFORM_AGREEMENT],
    model: Model::ASYNCHRONOUS,
    // Of three, one that delivers too early and crashes is enough to lose a message.
    nodes: 3,
    budget: |n| (n - 1) / 2,
    flaws: &[
        DELIVER_ON_FIRST,
        Flaw {
            name: "minority-quorum",
            number: "R9",
            statement: "half of the members, rounded down, count as a majority",
            killer: include_str!("../../killers/minority-quorum.jsonl"),
            ..DELIVER_ON_FIRST
        },
        Flaw {
            name: "counts-own-ack-twice",
            number: "R8",
            statement: "copies are counted, not the members they come from",
            killer: include_str!("../../killers/counts-own-ack-twice.jsonl"),
            ..DELIVER_ON_FIRST
        },
        Flaw {
            name: "bounded-memory",
            number: "R7",
            statement: "only the last four deliveries are remembered",
            breaks: "no-duplication",
            keeps: &["no-creation", "validity-all", "uniform-agreement"],
            faults: "duplicate",
            workload: "steady",
            killer: include_str!("../../killers/bounded-memory.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "restarts-forget",
        property: "uniform-agreement",
        statement: "a majority that crashes and comes back has forgotten what it acknowledged",
        faults: "crash-recovery",
        workload: "steady",
        killer: include_str!("../../killers/restarts-forget.jsonl"),
    }],
    cost: Some(Cost { formula: "n²", messages: |n| n * n, steps: 2, note: "" }),
    build: |setup| changed(setup, Stack::node(uniform::<Message>(setup))),
};

/// The flaw of whoever does not wait.
pub const DELIVER_ON_FIRST: Flaw = Flaw {
    name: "deliver-on-first",
    number: "R2",
    statement: "a message is delivered when it is first received, whoever else has it",
    breaks: "uniform-agreement",
    keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
    faults: "crash",
    workload: "steady",
    killer: include_str!("../../killers/deliver-on-first.jsonl"),
};

/// Majority-ack over basic multicast.
pub fn uniform<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Uniform::over(basic::<Relayed<M>>(setup), CanDeliver::Majority, setup)
}

/// When a message may be delivered.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum CanDeliver {
    /// When a majority has it.
    Majority,
    /// When all have it that are not suspected.
    AllCorrect,
}

/// How many deliveries a bounded memory holds.
const MEMORY: usize = 4;

/// Uniform reliable multicast.
pub struct Uniform<M, L> {
    lower: L,
    can_deliver: CanDeliver,
    naming: Naming,
    delivered: Set<MessageId>,
    pending: BTreeMap<MessageId, Pending<M>>,
    suspected: BTreeSet<NodeId>,
    /// The last deliveries, for a memory that is bounded.
    recent: VecDeque<MessageId>,
    deliver_on_first: bool,
    minority_quorum: bool,
    counts_own_ack_twice: bool,
    bounded_memory: bool,
    waits_for_the_crashed: bool,
}

/// A message that somebody has multicast.
struct Pending<M> {
    delivery: Delivery<M>,
    /// Who is known to have it.
    ack: BTreeSet<NodeId>,
    /// How often somebody was heard to have it.
    copies: usize,
}

impl<M> Pending<M> {
    fn acknowledge(&mut self, p: NodeId) {
        self.ack.insert(p);
        self.copies += 1;
    }
}

impl<M, L> Uniform<M, L> {
    /// Uniform reliable multicast over a basic one; [`CanDeliver::AllCorrect`] needs a failure
    /// detector below.
    pub fn over(lower: L, can_deliver: CanDeliver, setup: &Setup<'_>) -> Uniform<M, L> {
        Uniform {
            lower,
            can_deliver,
            naming: Naming::default(),
            delivered: Set::default(),
            pending: BTreeMap::new(),
            suspected: BTreeSet::new(),
            recent: VecDeque::new(),
            deliver_on_first: setup.flawed("deliver-on-first"),
            minority_quorum: setup.flawed("minority-quorum"),
            counts_own_ack_twice: setup.flawed("counts-own-ack-twice"),
            bounded_memory: setup.flawed("bounded-memory"),
            waits_for_the_crashed: setup.flawed("waits-for-the-crashed"),
        }
    }

    fn can_deliver(&self, pending: &Pending<M>, members: &[NodeId]) -> bool {
        let half = members.len() / 2;
        let acks = if self.counts_own_ack_twice { pending.copies } else { pending.ack.len() };
        let correct = |p: &&NodeId| self.waits_for_the_crashed || !self.suspected.contains(p);
        match self.can_deliver {
            _ if self.deliver_on_first => true,
            CanDeliver::Majority if self.minority_quorum => acks >= half,
            CanDeliver::Majority => acks > half,
            CanDeliver::AllCorrect => {
                members.iter().filter(correct).all(|p| pending.ack.contains(p))
            }
        }
    }
}

impl<M: Value, L: Layer<Payload = Relayed<M>>> Uniform<M, L> {
    /// `pending := pending + {(s, m)};  multicast (data, s, m)`
    fn put_in_pending(&mut self, name: MessageId, delivery: Delivery<M>, cx: &mut Cx<'_, M>) {
        let (group, m) = (delivery.group, delivery.message.clone());
        let mut pending = Pending { delivery, ack: BTreeSet::new(), copies: 0 };
        pending.acknowledge(cx.me());
        self.pending.insert(name, pending);
        self.multicast_below(group, Relayed::Multicast { name, m }, cx);
    }

    fn deliver_if_ready(&mut self, name: MessageId, cx: &mut Cx<'_, M>) {
        let Some(pending) = self.pending.get(&name) else { return };
        let members = cx.members(pending.delivery.group);
        if self.can_deliver(pending, &members) && self.delivered.insert(name) {
            cx.deliver(pending.delivery.clone());
            self.forget_all_but_recent(name);
        }
    }

    fn forget_all_but_recent(&mut self, name: MessageId) {
        if !self.bounded_memory {
            return;
        }
        self.recent.push_back(name);
        if self.recent.len() > MEMORY
            && let Some(oldest) = self.recent.pop_front()
        {
            self.delivered.remove(&oldest);
        }
    }
}

impl<M: Value, L: Layer<Payload = Relayed<M>>> Protocol for Uniform<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let name = self.naming.next(cx);
        let delivery = Delivery { from: cx.me(), group, message: m, slot: None };
        self.put_in_pending(name, delivery, cx);
        self.deliver_if_ready(name, cx);
    }

    fn send(&mut self, to: NodeId, m: M, cx: &mut Cx<'_, M>) {
        self.send_below(to, Relayed::Single(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Relayed<M>>, cx: &mut Cx<'_, M>) {
        let p = received.from;
        let Some((name, delivery)) = Relayed::open(&received, cx) else { return };
        if !self.pending.contains_key(&name) {
            self.put_in_pending(name, delivery.cloned(), cx);
        }
        self.pending.entry(name).and_modify(|pending| pending.acknowledge(p));
        self.deliver_if_ready(name, cx);
    }

    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        cx.indicate(indication.clone());
        if let Indication::Suspect(p) = indication {
            self.suspected.insert(p);
            let waiting = self.pending.keys().filter(|name| !self.delivered.contains(name));
            for name in waiting.copied().collect::<Vec<_>>() {
                self.deliver_if_ready(name, cx);
            }
        }
    }
}
