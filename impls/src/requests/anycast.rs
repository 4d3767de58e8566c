//! Anycast: one member of the group takes up a request (Partridge, Mendez and Milliken, *Host
//! Anycasting Service*, RFC 1546, 1993: to "at least one, and preferably only one" of the servers).
//!
//! ```text
//! On initialization:                   Suspected := {};  Served := {}
//! To anycast (g, m) at p:              ask(i, m, the first of g after p that is not suspected)
//! ask(i, m, q):                        asked(i) := q;  send(q, (request, i, m));  start timer i,
//!                                      the k-th for k time-outs
//! On receive((request, i, m)) from p:  if i not in Served then
//!                                          Served := Served + {i};  serve m
//!                                      send(p, (served, i))
//! On receive((served, i)):             forget i;  stop timer i
//! On time-out of i:                    Suspected := Suspected + {asked(i)}
//!                                      ask(i, m, the next of g that is not suspected)
//! On receive anything from q:          Suspected := Suspected - {q}
//! ```
//!
//! The members stand in a ring; p itself comes last, and is never suspected. The source gives no
//! algorithm; this is the plainest.
//!
//! Assumes crash-stop failures and a perfect channel. The time-out is longer than the way there
//! and back: while nothing is late, whoever does not answer has crashed, and no two correct
//! members serve. When something is late, a suspicion may be false and two do serve: whoever
//! cannot tell a slow member from a crashed one has the choice between two and none.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::INTEGRITY;
use crate::naming::Naming;
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{
    Break, Claim, Cost, Flaw, Implementation, Model, Proviso, Setup,
};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// M9.
pub const ENTRY: Implementation = Implementation {
    name: "anycast",
    number: "M9",
    statement: "anycast: one member of the group takes up a request",
    source: "Partridge, Mendez & Milliken 1993 (RFC 1546); lecture slides",
    claims: &[
        INTEGRITY,
        &[
            Claim::always("anycast-at-least-one"),
            Claim::only("anycast-at-most-one", Proviso::InTime),
        ],
    ],
    model: Model { service: Some("anycast"), ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "two-serve",
            number: "PL7",
            statement: "the time-out is that of the way there alone: who serves is suspected",
            breaks: "anycast-at-most-one",
            keeps: &["no-creation", "no-duplication", "anycast-at-least-one"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/two-serve.jsonl"),
        },
        Flaw {
            name: "answer-before-serving",
            number: "PL1",
            statement: "a member says that it has served before it does",
            breaks: "anycast-at-least-one",
            keeps: &["no-creation", "no-duplication", "anycast-at-most-one"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/answer-before-serving.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "false-suspicion",
        property: "anycast-at-most-one",
        statement: "a late request is taken for a crash, and the next member serves as well",
        faults: "delay",
        workload: "steady",
        killer: include_str!("../../killers/false-suspicion.jsonl"),
    }],
    cost: Some(Cost { formula: "2", messages: |_| 2.0, steps: 1, note: "" }),
    build: |setup| {
        let links = Network::<Asked<Message>>::payload();
        changed(setup, Stack::node(Anycast::over(links, setup)))
    },
};

/// What travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Asked<M> {
    /// `(request, i, m)`
    Request {
        /// i
        name: MessageId,
        /// The group that is asked.
        group: GroupId,
        /// The request.
        m: M,
    },
    /// `(served, i)`
    Served(MessageId),
}

/// Anycast over point-to-point links.
pub struct Anycast<M, L> {
    links: L,
    naming: Naming,
    /// The requests of this node that nobody has said to have served.
    open: BTreeMap<MessageId, Open<M>>,
    served: Set<MessageId>,
    suspected: Set<NodeId>,
    time_out: Span,
    answer_before_serving: bool,
}

/// A request of this node.
struct Open<M> {
    group: GroupId,
    m: M,
    /// asked(i): who is to serve it.
    asked: NodeId,
    /// k: how many have been asked.
    times: u64,
}

impl<M, L> Anycast<M, L> {
    /// Anycast over these links.
    pub fn over(links: L, setup: &Setup<'_>) -> Anycast<M, L> {
        let ways = if setup.flawed("two-serve") { 1 } else { 3 };
        Anycast {
            links,
            naming: Naming::default(),
            open: BTreeMap::new(),
            served: Set::default(),
            suspected: Set::default(),
            time_out: Span(ways * setup.max_latency.0),
            answer_before_serving: setup.flawed("answer-before-serving"),
        }
    }

    /// The first member after `q` in the ring that is not suspected; p itself at the latest.
    fn next_after(&self, q: NodeId, group: GroupId, cx: &Cx<'_, M>) -> NodeId {
        let members = cx.members(group);
        let place = members.iter().position(|member| *member == q).map_or(0, |place| place + 1);
        let ring = members[place..].iter().chain(&members[..place]).copied();
        let mut able = ring.filter(|member| *member == cx.me() || !self.suspected.contains(member));
        able.next().unwrap_or(cx.me())
    }
}

impl<M: Value, L: Layer<Payload = Asked<M>>> Anycast<M, L> {
    /// Asks the next member after `q` to serve i.
    fn ask_next(&mut self, name: MessageId, q: NodeId, cx: &mut Cx<'_, M>) {
        let Some(mut open) = self.open.remove(&name) else { return };
        let asked = self.next_after(q, open.group, cx);
        (open.asked, open.times) = (asked, open.times + 1);
        let request = Asked::Request { name, group: open.group, m: open.m.clone() };
        // Where nobody has answered so far, the network may be slow.
        let patience = Span(open.times * self.time_out.0);
        self.open.insert(name, open);
        self.send_below(asked, request, cx);
        if asked != cx.me() {
            cx.set_timer(name.number, patience);
        }
    }

    /// On receive((request, i, m)).
    fn take_up(&mut self, request: Delivery<M>, name: MessageId, cx: &mut Cx<'_, M>) {
        let p = request.from;
        if self.answer_before_serving {
            self.send_below(p, Asked::Served(name), cx);
        }
        if self.served.insert(name) {
            cx.deliver(request);
        }
        if !self.answer_before_serving {
            self.send_below(p, Asked::Served(name), cx);
        }
    }
}

impl<M: Value, L: Layer<Payload = Asked<M>>> Protocol for Anycast<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.links
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let name = self.naming.next(cx);
        let me = cx.me();
        self.open.insert(name, Open { group, m, asked: me, times: 0 });
        self.ask_next(name, me, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Asked<M>>, cx: &mut Cx<'_, M>) {
        self.suspected.remove(&received.from);
        match received.message.clone() {
            Asked::Request { name, group, m } => {
                self.take_up(Delivery { group, ..received.with(m) }, name, cx);
            }
            Asked::Served(name) => {
                if self.open.remove(&name).is_some() {
                    cx.cancel_timer(name.number);
                }
            }
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, M>) {
        let name = MessageId { origin: cx.me(), incarnation: cx.incarnation(), number: tag };
        if let Some(asked) = self.open.get(&name).map(|open| open.asked) {
            self.suspected.insert(asked);
            self.ask_next(name, asked, cx);
        }
    }
}
