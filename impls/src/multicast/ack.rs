//! Reliable multicast by acknowledgements: the sender sends again to whoever has not acknowledged
//! (lecture slides 79–80: fixed and adaptive time-outs, and the flood of acknowledgements).
//!
//! ```text
//! To multicast m to group g:    waiting(m) := g;  multicast m to g;  start the timer of m
//! On receive m from p:          acknowledge m to p
//!                               if m not in Received then Received := Received + {m};  deliver m
//! On acknowledgement of m by q: waiting(m) := waiting(m) - {q};  if it is empty, forget m
//! On time-out of m:             for each q in waiting(m), send m to q;  start the timer of m
//! ```
//!
//! Assumes that what is sent again and again arrives in the end, and a group send below. Nodes may
//! come back with nothing: the name of a message has its sender's incarnation in it. Only the
//! sender corrects: when it crashes after its first transmission, nobody does. Every message has
//! one acknowledgement from each member: 2n messages, n of them to one node at nearly one instant.
//!
//! The time-out is fixed, a little more than twice the greatest latency, or follows what
//! acknowledgements take (`Rtt`); either doubles with each time that it runs out, up to a second.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY};
use crate::links::FAIR_LOSS_AND_RESTARTS;
use crate::links::sealed::Sealed;
use crate::multicast::rtt::Rtt;
use crate::naming::Naming;
use crate::patience::{LONGEST, Patience};
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Break, Claim, Control, Cost, Flaw, Implementation, Setup};
use pepperland_core::message::Message;
use pepperland_core::time::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// M4.
pub const ENTRY: Implementation = Implementation {
    name: "ack",
    number: "M4",
    statement: "the sender sends again until all have acknowledged; the time-out is fixed",
    source: "lecture slides 79–80",
    claims: &[INTEGRITY, &[Claim::always("payload-integrity")], VALIDITY],
    model: FAIR_LOSS_AND_RESTARTS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "count-acks",
            number: "R8",
            statement: "acknowledgements are counted, and not the members that they come from",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "validity-some"],
            faults: "duplicate,loss",
            workload: "steady",
            killer: include_str!("../../killers/count-acks.jsonl"),
        },
        Flaw {
            name: "first-ack",
            number: "PL6",
            statement: "the first acknowledgement is taken for that of all",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "validity-some"],
            faults: "loss",
            workload: "steady",
            killer: include_str!("../../killers/first-ack.jsonl"),
        },
    ],
    controls: &[HARMLESS, &[TIMEOUT_TOO_SHORT]],
    breaks: &[SENDER_CRASHES],
    cost: Some(Cost { formula: "2n", messages: |n| 2.0 * n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(ack::<Message>(setup, Timeout::Fixed))),
};

/// M4 with a time-out that adapts.
pub const ADAPTIVE: Implementation = Implementation {
    name: "ack-adaptive",
    statement: "the sender sends again until all have acknowledged; the time-out adapts",
    source: "lecture slides 79–80; Jacobson 1988",
    breaks: &[],
    build: |setup| {
        changed(setup, Stack::node(ack::<Message>(setup, Timeout::Adaptive(BTreeMap::new()))))
    },
    ..ENTRY
};

/// A storm costs, and breaks nothing: whatever is sent too often is dropped as known.
const TIMEOUT_TOO_SHORT: Control = Control {
    name: "timeout-too-short",
    number: "PL7",
    statement: "a millisecond is waited for acknowledgements, each time: a storm",
};

const SENDER_CRASHES: Break = Break {
    name: "sender-crashes",
    property: "agreement",
    statement: "who corrects when the sender crashes after the first transmission? Nobody",
    faults: "crash,loss",
    workload: "steady",
    killer: include_str!("../../killers/ack-sender-crashes.jsonl"),
};

/// The layer on a network of the scenario.
fn ack<M: Value>(setup: &Setup<'_>, timeout: Timeout) -> impl Layer<Payload = M> + use<M> {
    Ack::over(Network::<Sealed<Packet<M>>>::payload(), timeout, setup)
}

/// What travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Packet<M> {
    /// A multicast.
    Data {
        /// Its name.
        name: MessageId,
        /// Its group.
        group: GroupId,
        /// The message.
        m: M,
    },
    /// The multicast of this name has arrived.
    Ack(MessageId),
}

/// How long acknowledgements are waited for.
pub enum Timeout {
    /// A little more than twice the greatest latency.
    Fixed,
    /// As long as they took before, for each member.
    Adaptive(BTreeMap<NodeId, Rtt>),
}

/// What is granted beyond twice the greatest latency.
const MARGIN: Span = Span::millis(10);

/// Reliable multicast by acknowledgements.
pub struct Ack<M, L> {
    network: L,
    naming: Naming,
    /// What is not acknowledged by all, by its number; which is that of its timer too.
    waiting: BTreeMap<u32, Waiting<M>>,
    received: Set<MessageId>,
    timeout: Timeout,
    first_timeout: Span,
    count_acks: bool,
    first_ack: bool,
    timeout_too_short: bool,
}

/// A message that is not acknowledged by all.
struct Waiting<M> {
    /// Those who have not.
    members: BTreeSet<NodeId>,
    acks: usize,
    group: GroupId,
    m: M,
    sent_at: Time,
    patience: Patience,
    /// An acknowledgement of what was sent again does not say which copy it is for (Karn).
    sent_again: bool,
}

impl<M, L> Ack<M, L> {
    /// Acknowledged multicast over a group send.
    pub fn over(network: L, timeout: Timeout, setup: &Setup<'_>) -> Ack<M, L> {
        Ack {
            network,
            naming: Naming::default(),
            waiting: BTreeMap::new(),
            received: Set::default(),
            timeout,
            first_timeout: Span(2 * setup.max_latency.0 + MARGIN.0),
            count_acks: setup.flawed("count-acks"),
            first_ack: setup.flawed("first-ack"),
            timeout_too_short: setup.flawed("timeout-too-short"),
        }
    }

    /// How long the acknowledgements of these members may take.
    fn timeout_for(&self, members: &BTreeSet<NodeId>) -> Span {
        match &self.timeout {
            _ if self.timeout_too_short => Span::millis(1),
            Timeout::Fixed => self.first_timeout,
            Timeout::Adaptive(rtts) => {
                let timeout = |q| rtts.get(q).map_or(self.first_timeout, Rtt::timeout);
                members.iter().map(timeout).max().unwrap_or(self.first_timeout).min(LONGEST)
            }
        }
    }
}

impl<M: Value, L: Layer<Payload = Sealed<Packet<M>>>> Ack<M, L> {
    fn upon_data(&mut self, name: MessageId, delivery: Delivery<M>, cx: &mut Cx<'_, M>) {
        self.send_below(delivery.from, Sealed::new(Packet::Ack(name)), cx);
        if self.received.insert(name) {
            cx.deliver(delivery);
        }
    }

    fn upon_ack(&mut self, name: MessageId, q: NodeId, cx: &mut Cx<'_, M>) {
        if (name.origin, name.incarnation) != (cx.me(), cx.incarnation()) {
            return;
        }
        let Some(waiting) = self.waiting.get_mut(&name.number) else { return };
        waiting.acks += 1;
        let first = waiting.members.remove(&q);
        if let Timeout::Adaptive(rtts) = &mut self.timeout
            && first
            && !waiting.sent_again
        {
            rtts.entry(q).or_default().measure(cx.now().since(waiting.sent_at));
        }
        let of_all = self.count_acks && waiting.acks >= cx.members(waiting.group).len();
        if waiting.members.is_empty() || of_all || self.first_ack {
            self.waiting.remove(&name.number);
            cx.cancel_timer(name.number);
        }
    }
}

impl<M: Value, L: Layer<Payload = Sealed<Packet<M>>>> Protocol for Ack<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.network
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let name = self.naming.next(cx);
        let members: BTreeSet<NodeId> = cx.members(group).iter().copied().collect();
        let (sent_at, mut patience) = (cx.now(), Patience::new(self.timeout_for(&members)));
        let data = Packet::Data { name, group, m: m.clone() };
        self.multicast_below(group, Sealed::new(data), cx);
        cx.set_timer(name.number, patience.wait());
        let waiting = Waiting { members, acks: 0, group, m, sent_at, patience, sent_again: false };
        self.waiting.insert(name.number, waiting);
    }

    fn upon_deliver(&mut self, received: Delivery<Sealed<Packet<M>>>, cx: &mut Cx<'_, M>) {
        let from = received.from;
        match received.message.open() {
            Some(Packet::Data { name, group, m }) => {
                self.upon_data(name, Delivery { from, group, message: m, slot: None }, cx);
            }
            Some(Packet::Ack(name)) => self.upon_ack(name, from, cx),
            None => {}
        }
    }

    fn upon_timeout(&mut self, number: u32, cx: &mut Cx<'_, M>) {
        let Some(waiting) = self.waiting.get_mut(&number) else { return };
        let name = MessageId { origin: cx.me(), incarnation: cx.incarnation(), number };
        let data = Packet::Data { name, group: waiting.group, m: waiting.m.clone() };
        waiting.sent_again = true;
        if self.timeout_too_short {
            waiting.patience.reset();
        }
        let timeout = waiting.patience.wait();
        let members = waiting.members.iter().copied().collect();
        self.send_each_below(members, Sealed::new(data), cx);
        cx.set_timer(number, timeout);
    }
}
