//! Atomic multicast by a sequence of consensus (Chandra & Toueg, *Unreliable Failure Detectors for
//! Reliable Distributed Systems*, JACM 43(2), 1996, §7).
//!
//! ```text
//! On initialization:          unordered := ();  ordered := {};  k := 0;  slot := 0
//! To A-multicast m:           R-multicast m
//! On R-deliver m:             if m not in ordered: append m to unordered
//! When nothing was proposed to instance k and unordered is not empty:
//!                             propose (k, unordered)
//! On decide (k, batch):       for each m of batch, in its order, that is not in ordered:
//!                                 ordered += m;  unordered -= m
//!                                 A-deliver m as number slot;  slot := slot + 1
//!                             k := k + 1
//! ```
//!
//! Assumes what consensus and reliable multicast below assume: crash-stop failures, a majority that
//! lives, and suspicions that are right in the end. Then every correct member proposes to an
//! instance to which one does: whoever proposes has a message that it has R-delivered and that no
//! earlier instance has decided, and so have the others soon. A batch carries the messages
//! themselves, so that who has not R-delivered one yet delivers it all the same. Departs from the
//! source in this: a batch there is a set, delivered in an order that all know; here it is a list,
//! and its order is decided with it.

use crate::agreement::consensus::{Consensus, Said};
use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, ORDER, UNIFORM_AGREEMENT, VALIDITY};
use crate::detectors::keepalive_adaptive::keepalive_adaptive;
use crate::multicast::reliable::{Relayed, Reliable};
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Request, Stack};
use pepperland_core::id::{GroupId, MessageId};
use pepperland_core::implementation::{Claim, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::{Body, Message};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O12.
pub const ENTRY: Implementation = Implementation {
    name: "atomic",
    number: "O12",
    statement: "total order by consensus: instance after instance decides the next batch",
    source: "Chandra & Toueg 1996, 7",
    claims: &[
        INTEGRITY,
        VALIDITY,
        UNIFORM_AGREEMENT,
        ORDER,
        &[Claim::always("consensus-order"), Claim::always("consensus-uniform-agreement")],
    ],
    model: Model { timing: "partially synchronous", ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| (n - 1) / 2,
    flaws: &[
        Flaw {
            name: "own-order-in-batch",
            number: "T22",
            statement: "a batch is delivered in the order in which its messages came here",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "agreement"],
            faults: "none",
            workload: "burst",
            killer: include_str!("../../killers/atomic-own-order-in-batch.jsonl"),
        },
        Flaw {
            name: "decided-out-of-order",
            number: "T23",
            statement: "a decision is delivered when it comes, not when its turn comes",
            breaks: "total-order",
            keeps: &["no-creation", "no-duplication", "agreement"],
            faults: "jitter:permanent:most=400ms",
            workload: "burst",
            killer: include_str!("../../killers/decided-out-of-order.jsonl"),
        },
        Flaw {
            name: "skips-missing",
            number: "T24",
            statement: "what is decided and has not come by itself yet is skipped",
            breaks: "agreement",
            keeps: &["no-creation", "no-duplication", "uniform-total-order"],
            faults: "jitter",
            workload: "burst",
            killer: include_str!("../../killers/skips-missing.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost {
        formula: "2n² + 3n",
        messages: |n| 2.0 * n * n + 3.0 * n,
        steps: 5,
        note: "",
    }),
    build: |setup| changed(setup, Stack::node(atomic(setup))),
};

/// The layers: reliable multicast, consensus over it, and the sequence.
fn atomic(setup: &Setup<'_>) -> impl Layer<Payload = Message> + use<> {
    let detector = keepalive_adaptive::<Relayed<Said<Ordering>>>(setup);
    Atomic::over(Consensus::over(Reliable::over(detector, setup), setup), setup)
}

/// What is R-multicast, and what is proposed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ordering {
    /// A message that wants a place.
    Data(Message),
    /// The messages that come next.
    Batch(Vec<Message>),
}

/// Atomic multicast by a sequence of consensus.
pub struct Atomic<L> {
    lower: L,
    /// In the order in which they came.
    unordered: Vec<Message>,
    ordered: Set<MessageId>,
    /// k.
    instance: u64,
    has_proposed: bool,
    /// What is decided and not yet delivered.
    decided: BTreeMap<u64, Vec<Message>>,
    slot: u64,
    own_order_in_batch: bool,
    decided_out_of_order: bool,
    skips_missing: bool,
}

impl<L> Atomic<L> {
    /// Atomic multicast over consensus with reliable multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> Atomic<L> {
        Atomic {
            lower,
            unordered: Vec::new(),
            ordered: Set::default(),
            instance: 0,
            has_proposed: false,
            decided: BTreeMap::new(),
            slot: 0,
            own_order_in_batch: setup.flawed("own-order-in-batch"),
            decided_out_of_order: setup.flawed("decided-out-of-order"),
            skips_missing: setup.flawed("skips-missing"),
        }
    }

    /// The place of a message among those that came here and wait.
    fn arrival(&self, i: MessageId) -> Option<usize> {
        self.unordered.iter().position(|m| m.id == i)
    }

    /// For each m of the batch.
    fn deliver(&mut self, mut batch: Vec<Message>, cx: &mut Cx<'_, Message>) {
        if self.own_order_in_batch {
            batch.sort_by_key(|m| self.arrival(m.id).unwrap_or(usize::MAX));
        }
        for m in batch {
            let is_here = self.arrival(m.id).is_some();
            if !self.ordered.insert(m.id) || self.skips_missing && !is_here {
                continue;
            }
            self.unordered.retain(|waiting| waiting.id != m.id);
            let slot = Some(self.slot);
            self.slot += 1;
            cx.deliver(Delivery { from: m.id.origin, group: GroupId::ALL, message: m, slot });
        }
    }
}

impl<L: Layer<Payload = Ordering>> Atomic<L> {
    /// Proposes what waits, once in each instance.
    fn propose(&mut self, cx: &mut Cx<'_, Message>) {
        if self.has_proposed || self.unordered.is_empty() {
            return;
        }
        self.has_proposed = true;
        let (instance, value) = (self.instance, Ordering::Batch(self.unordered.clone()));
        self.ask(Request::Propose { instance, value }, cx);
    }
}

impl<L: Layer<Payload = Ordering>> Protocol for Atomic<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, Ordering::Data(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Ordering>, cx: &mut Cx<'_, Message>) {
        if let Ordering::Data(m) = received.message
            && !self.ordered.contains(&m.id)
        {
            self.unordered.push(m);
            self.propose(cx);
        }
    }

    fn upon_decide(&mut self, instance: u64, value: Ordering, cx: &mut Cx<'_, Message>) {
        let Ordering::Batch(mut batch) = value else { return };
        cx.indicate(Indication::Decide { instance, value: names(&batch) });
        if self.decided_out_of_order {
            self.deliver(std::mem::take(&mut batch), cx);
        }
        self.decided.insert(instance, batch);
        while let Some(batch) = self.decided.remove(&self.instance) {
            self.deliver(batch, cx);
            self.instance += 1;
            self.has_proposed = false;
        }
        self.propose(cx);
    }
}

/// A decision as histories tell it: the list of the names.
fn names(batch: &[Message]) -> Message {
    let names: Vec<String> = batch.iter().map(|m| m.id.to_string()).collect();
    let list = serde_json::Value::from(names).to_string();
    Message { id: MessageId::default(), body: Body::new(list.as_bytes()) }
}
