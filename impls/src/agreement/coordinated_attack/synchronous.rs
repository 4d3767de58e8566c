//! Coordinated attack where no messenger is ever caught: what cannot be done over a channel that
//! loses is easy over one that does not (Gray 1978).
//!
//! ```text
//! To propose v to instance i:        at n1: settle (i, v);  at n2: send ("wish", i, v) to n1
//! On receive ("wish", i, v) at n1:   settle (i, v)
//! To settle (i, v), the first time:  send ("order", i, v) to n2;  decide v
//! On receive ("order", i, v), the first time:  decide v
//! ```
//!
//! Assumes a perfect channel and that nobody crashes. In a network with a greatest latency n2
//! decides within that time of n1. There is no retreat: whatever came first to n1 is decided.

use crate::changed::{HARMLESS, changed};
use crate::detectors::SYNCHRONOUS;
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Indication, Network, Protocol, Request, Stack};
use pepperland_core::fault::Fault;
use pepperland_core::id::GroupId;
use pepperland_core::implementation::{Claim, Implementation, Model};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};

/// C2 over a channel that loses nothing.
pub const ENTRY: Implementation = Implementation {
    name: "coordinated-attack-synchronous",
    number: "C2",
    statement: "two armies whose messengers always arrive in time: the first one orders",
    source: "Gray 1978",
    claims: &[&[
        Claim::always("consensus-termination"),
        Claim::always("consensus-agreement"),
        Claim::always("consensus-uniform-agreement"),
        Claim::always("consensus-validity"),
        Claim::always("consensus-integrity"),
        Claim::always("consensus-non-triviality"),
    ]],
    model: Model { tolerates: &[Fault::Duplication], ..SYNCHRONOUS },
    nodes: 2,
    budget: |_| 0,
    flaws: &[],
    controls: &[HARMLESS],
    breaks: &[],
    cost: None,
    build: |setup| {
        let settled = Set::default();
        changed(setup, Stack::node(Ordering { network: Network::payload(), settled }))
    },
};

/// What travels between the armies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Sent {
    /// `("wish", i, v)`.
    Wish(u64, Message),
    /// `("order", i, v)`.
    Order(u64, Message),
}

/// One of the two armies.
pub struct Ordering {
    network: Network<Sent>,
    settled: Set<u64>,
}

impl Ordering {
    /// Decides, and tells the others if it is this army that orders.
    fn settle(&mut self, i: u64, v: Message, cx: &mut Cx<'_, Message>) {
        if !self.settled.insert(i) {
            return;
        }
        let members = cx.members(GroupId::ALL);
        if members.first() == Some(&cx.me()) {
            self.send_each_below(members[1..].into(), Sent::Order(i, v.clone()), cx);
        }
        cx.indicate(Indication::Decide { instance: i, value: v });
    }

    fn propose(&mut self, i: u64, v: Message, cx: &mut Cx<'_, Message>) {
        match cx.members(GroupId::ALL).first() {
            Some(first) if *first == cx.me() => self.settle(i, v, cx),
            Some(first) => self.send_below(*first, Sent::Wish(i, v), cx),
            None => cx.refuse("propose"),
        }
    }
}

impl Protocol for Ordering {
    type Payload = Message;
    type Lower = Network<Sent>;

    fn lower(&mut self) -> &mut Network<Sent> {
        &mut self.network
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        match request {
            Request::Propose { instance, value } => self.propose(instance, value, cx),
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Sent>, cx: &mut Cx<'_, Message>) {
        let (Sent::Wish(i, v) | Sent::Order(i, v)) = received.message;
        self.settle(i, v, cx);
    }
}
