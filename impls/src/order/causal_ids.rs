//! Causal multicast by the names of preceding messages in the header: M_d(M_a, M_b, M_c) is
//! delivered after M_a, M_b and M_c (Peterson, Buchholz and Schlichting 1989, *Psync*).
//!
//! ```text
//! On initialization:              Delivered := {};  Last := {}
//! To CO-multicast m:              multicast m(Last);  deliver m(Last)
//! On receive m(P):                place m(P) in hold-back queue
//! When P is within Delivered:     deliver m(P)
//! To deliver m(P):                CO-deliver m        // after removing it from the queue
//!                                 Delivered := Delivered + {m};  Last := Last - P + {m}
//! ```
//!
//! Last holds what has been delivered and precedes nothing else that has: the leaves of Psync's
//! context graph. What precedes these is waited for where they are waited for, so that a header is
//! never longer than there are concurrent messages.
//!
//! Assumes reliable multicast below and crash-stop failures. Departs from Psync in that nobody
//! asks for a missing predecessor again, for none goes missing here.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, CAUSALITY, INTEGRITY, VALIDITY};
use crate::multicast::reliable::reliable;
use crate::naming::Naming;
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId};
use pepperland_core::implementation::{Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// O3.
pub const ENTRY: Implementation = Implementation {
    name: "causal-ids",
    number: "O3",
    statement: "reliable causal multicast: each message names those that it comes after",
    source: "Peterson, Buchholz & Schlichting 1989",
    claims: &[INTEGRITY, VALIDITY, AGREEMENT, CAUSALITY],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "only-last-predecessor",
            number: "C6",
            statement: "of several concurrent predecessors, a message names the last delivered",
            breaks: "causal",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "replies",
            killer: include_str!("../../killers/only-last-predecessor.jsonl"),
        },
        Flaw {
            name: "own-message-precedes-nothing",
            number: "C1",
            statement: "a message names none of its sender's own",
            breaks: "fifo",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "burst",
            killer: include_str!("../../killers/own-message-precedes-nothing.jsonl"),
        },
        Flaw {
            name: "receipt-is-enough",
            number: "C4",
            statement: "a message passes when its predecessors are here, delivered or held back",
            breaks: "causal",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "burst",
            killer: include_str!("../../killers/receipt-is-enough.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "n²", messages: |n| n * n, steps: 1, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(CausalIds::over(reliable::<After<Message>>(setup), setup)))
    },
};

/// `m(P)`: a message, and those that it comes after.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct After<M> {
    name: MessageId,
    after: BTreeSet<MessageId>,
    m: M,
}

/// Causal multicast by names of predecessors.
pub struct CausalIds<M, L> {
    lower: L,
    naming: Naming,
    groups: BTreeMap<GroupId, Group<M>>,
    only_last_predecessor: bool,
    own_message_precedes_nothing: bool,
    receipt_is_enough: bool,
}

/// The state of one group.
struct Group<M> {
    delivered: BTreeSet<MessageId>,
    last: BTreeSet<MessageId>,
    held_back: BTreeMap<MessageId, After<M>>,
}

impl<M, L> CausalIds<M, L> {
    /// Causal order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> CausalIds<M, L> {
        CausalIds {
            lower,
            naming: Naming::default(),
            groups: BTreeMap::new(),
            only_last_predecessor: setup.flawed("only-last-predecessor"),
            own_message_precedes_nothing: setup.flawed("own-message-precedes-nothing"),
            receipt_is_enough: setup.flawed("receipt-is-enough"),
        }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        self.groups.entry(group).or_insert_with(Group::new)
    }
}

impl<M: Value, L: Layer<Payload = After<M>>> CausalIds<M, L> {
    fn deliver(&mut self, group: GroupId, message: After<M>, cx: &mut Cx<'_, M>) {
        let After { name, after, m } = message;
        cx.deliver(Delivery { from: name.origin, group, message: m, slot: None });
        let precedes_nothing = self.own_message_precedes_nothing && name.origin == cx.me();
        let only_last = self.only_last_predecessor;
        let state = self.group(group);
        state.delivered.insert(name);
        if precedes_nothing {
            return;
        }
        match only_last {
            true => state.last.clear(),
            false => state.last.retain(|predecessor| !after.contains(predecessor)),
        }
        state.last.insert(name);
    }
}

impl<M: Value, L: Layer<Payload = After<M>>> Protocol for CausalIds<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let name = self.naming.next(cx);
        let message = After { name, after: self.group(group).last.clone(), m };
        self.multicast_below(group, message.clone(), cx);
        self.deliver(group, message, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<After<M>>, cx: &mut Cx<'_, M>) {
        let (group, message) = (received.group, received.message);
        let receipt_is_enough = self.receipt_is_enough;
        let state = self.group(group);
        if !state.delivered.contains(&message.name) {
            state.held_back.insert(message.name, message);
        }
        while let Some(message) = self.group(group).take_deliverable(receipt_is_enough) {
            self.deliver(group, message, cx);
        }
    }
}

impl<M> Group<M> {
    fn new() -> Group<M> {
        let (delivered, last) = (BTreeSet::new(), BTreeSet::new());
        Group { delivered, last, held_back: BTreeMap::new() }
    }

    /// Takes a message out of the hold-back queue, of which every predecessor is delivered.
    fn take_deliverable(&mut self, receipt_is_enough: bool) -> Option<After<M>> {
        let released = |predecessor: &MessageId| {
            let here = receipt_is_enough && self.held_back.contains_key(predecessor);
            self.delivered.contains(predecessor) || here
        };
        let all_released = |message: &&After<M>| message.after.iter().all(released);
        let name = self.held_back.values().find(all_released)?.name;
        self.held_back.remove(&name)
    }
}
